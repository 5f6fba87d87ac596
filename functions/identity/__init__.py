"""Guests and sessions. The one function that may talk to the user pool."""
