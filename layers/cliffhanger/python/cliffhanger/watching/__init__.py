"""What viewers watch: plays, where they stopped, and their history."""
