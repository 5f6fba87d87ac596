"""Apple's side of purchases: what Apple signs, and the App Store Server API."""
