"""Uploads, the source policy and the transcoding of episodes."""
