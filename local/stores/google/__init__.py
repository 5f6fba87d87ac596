"""A stand-in for Google Play: its Developer API, its notifications, and a clock to move."""
