"""The local cloud: all of a stage on one machine, with no account and no Docker."""
