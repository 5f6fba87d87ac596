"""The stores' doorbell: what Apple and Google tell is verified, queued, and answered at once."""
