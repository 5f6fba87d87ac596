"""Where CloudFront keeps what is its own. Operators' tools know it too."""

EDGE_REGION = "us-east-1"
"""Its firewall, metrics and deliveries of logs stand here, whatever the region of the stage is."""
