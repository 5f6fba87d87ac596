"""The catalogue: dramas, their episodes, and what the public may see of them."""
