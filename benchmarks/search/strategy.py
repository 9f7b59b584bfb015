"""Define what chooses the settings that a replay tries."""

from collections.abc import Sequence
from typing import Protocol

from runner.search.search import Proposal, Stop
from runner.search.setting import Tried


class Strategy(Protocol):
    """What chooses the next setting, and when there is to be none."""

    def next(self, tried: Tried, pending: Sequence[int]) -> Proposal | Stop:
        """Propose what to try next.

        Args:
            tried: what came of the settings that were tried, in the order in which they ended.
            pending: settings that are being tried.
        """


class Proposer(Protocol):
    """What chooses the next setting as long as there is one."""

    def propose(self, tried: Tried, pending: Sequence[int]) -> int:
        """Return the place of a setting that is neither tried nor pending; there is one."""
