"""Entitlements: what a viewer may watch beyond what is free, through VIP or through coins."""
