"""Coins and their ledger. It grants nothing that was bought: that takes the stores' secrets."""
