"""What a viewer has beyond what is free, signed. The one function that signs statements."""
