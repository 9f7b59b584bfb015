"""Name the exception for what a stored run cannot be completed with."""

from runner.errors import RunnerError


class Incomplete(RunnerError):
    """A file cannot be made or measured any more; the text says why in one line."""
