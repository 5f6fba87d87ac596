"""The studio's side: dramas, episodes, uploads and assets."""
