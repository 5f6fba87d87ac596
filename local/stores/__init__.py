"""Stand-ins for the stores, for the local cloud and tests."""
