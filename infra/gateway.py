"""What the gateway lets pass. Its alarm and the operators' preflight know it too."""

CALLS_PER_SECOND = 2000
"""Of all routes together."""
