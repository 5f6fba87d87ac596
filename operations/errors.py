"""What an operator can mend."""


class OperationError(Exception):
    """An operation cannot go on. The message says what to do."""
