"""`cliffhanger`: the content team's command. It talks to the API alone."""
