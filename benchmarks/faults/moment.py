"""Say when a fault happens: in which phase of a sweep, and how long after the phase began."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Phase = Literal["start", "baseline", "points", "report"]
PHASES: Sequence[Phase] = ("start", "baseline", "points", "report")

# The line of output that each phase begins with; the start begins with the process.
_BEGINNINGS: Mapping[Phase, str] = {
    "baseline": r"started: baseline",
    "points": r"started: final_sparsity",
    "report": r"\((\d+) of \1 points done\)",
}


@dataclass(frozen=True)
class Moment:
    """A phase, and seconds after its beginning."""

    phase: Phase
    seconds: float

    def __str__(self) -> str:
        """Say it as a part of a sentence."""
        return f"{self.seconds:.1f} s into {self.phase}"


def begins(phase: Phase, line: str) -> bool:
    """Tell whether a line of output begins the phase."""
    return phase in _BEGINNINGS and re.search(_BEGINNINGS[phase], line) is not None


def draw(
    lengths: Mapping[Phase, float], chance: random.Random, phases: Sequence[Phase] = PHASES
) -> Moment:
    """Draw a moment in one of these phases, all of which are as likely; lengths are in seconds."""
    phase = chance.choice(phases)
    return Moment(phase, chance.uniform(0, lengths[phase]))
