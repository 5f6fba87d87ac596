"""The content team's command, against a small fake of the API."""
