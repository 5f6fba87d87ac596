"""The stores of the local cloud: they sell, sign, notify and answer as the real ones do."""
