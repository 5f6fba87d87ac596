"""The usual stack of such a service: what the functions are compared with at cold start."""
