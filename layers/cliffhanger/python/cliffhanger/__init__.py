"""Cliffhanger: the domain of a short-drama app, shared by every function."""

import gc

# A cold start makes up to 140,000 objects that stay for good. To look for garbage among them, as
# Python does by itself after each seven hundred, is a tenth of its CPU time. A call leaves some
# tens of objects in circles: two hundred thousand of them are some 30 MB, after thousands of calls.
gc.set_threshold(200_000, 20, 20)
