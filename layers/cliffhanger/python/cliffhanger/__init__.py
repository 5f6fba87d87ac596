"""Cliffhanger: the domain of a short-drama app, shared by every function."""

import gc

# A cold start makes some hundred thousand objects that stay for good. To look for garbage among
# them after each seven hundred, as Python does by itself, is a tenth of its CPU time.
gc.set_threshold(50_000, 20, 20)
