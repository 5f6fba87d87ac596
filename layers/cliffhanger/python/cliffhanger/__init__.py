"""Cliffhanger: the domain of a short-drama app, shared by every function."""
