"""What a viewer may watch. The one function that signs playback tokens."""
