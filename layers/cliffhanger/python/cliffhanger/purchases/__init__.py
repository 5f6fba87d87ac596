"""Purchases: what the stores say was bought, granted exactly once."""
