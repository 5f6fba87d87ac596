"""What operators do with a stage: deploy, roll back, take down, redrive, restore, prune."""
