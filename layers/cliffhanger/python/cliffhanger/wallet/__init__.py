"""The wallet: a viewer's coins."""
