"""From an uploaded file to a ready episode. The one function that may start paid jobs."""
