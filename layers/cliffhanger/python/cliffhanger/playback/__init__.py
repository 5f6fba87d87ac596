"""What a viewer may watch, and the token that says so at the edge."""
