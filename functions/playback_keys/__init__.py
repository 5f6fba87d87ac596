"""The one writer of the edge's key-value store."""
