"""The name by which the gateway calls a function. Operators' tools know it too."""

LIVE = "live"
"""The alias: calls go to the version that it points to."""
