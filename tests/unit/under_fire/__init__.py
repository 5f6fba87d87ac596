"""Money while everything around it fails, or comes in any order."""
