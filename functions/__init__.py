"""The functions: one folder a Lambda, each a route or an event, one service call, an answer."""
