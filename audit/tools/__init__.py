"""One module a scanner: how it is run, and how what it says is read."""
