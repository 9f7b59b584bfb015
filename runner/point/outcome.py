"""How a job ended goes in; values that any process reads without importing TensorFlow come out."""

from dataclasses import dataclass

from runner.errors import SelfExplaining


@dataclass(frozen=True)
class Outcome:
    """A job that went well, in a few words: of a point, its key figures."""

    summary: str


class JobFailed(SelfExplaining):
    """What a job in another process raised, in one line; a note holds its traceback."""


class Lost(SelfExplaining):
    """A worker ended before its job did: by a signal, or because its time was up."""
