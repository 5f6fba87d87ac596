"""Identity: guests without sign-up, and their sessions."""
