"""Google Play: what its API says of a purchase, and what it pushes to us."""
