"""The public catalogue: the same answer for everyone of a language, so that it can be cached."""
