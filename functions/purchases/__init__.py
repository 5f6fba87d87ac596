"""What is sold and what was bought. With purchase_events, the one that may ask the stores."""
