"""Draw kinds of faults and stores by a seed, each as often as the others."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.faults.configuration import Configuration
from benchmarks.faults.kind import Kind
from benchmarks.faults.kinds import (
    answers,
    artifacts,
    at_once,
    cache,
    circumstances,
    clock,
    containers,
    database,
    full_disk,
    limits,
    signals,
    store_content,
)

KINDS = (
    *signals.KINDS,
    *limits.KINDS,
    *cache.KINDS,
    *database.KINDS,
    *answers.KINDS,
    *artifacts.KINDS,
    *at_once.KINDS,
    *containers.KINDS,
    *full_disk.KINDS,
    *clock.KINDS,
    *circumstances.KINDS,
    *store_content.KINDS,
)


@dataclass(frozen=True)
class Draw:
    """A fault that is to be injected.

    Attributes:
        chance: what all that is random in it is drawn from.
    """

    number: int
    kind: Kind
    configuration: Configuration
    chance: random.Random


def draws(seed: int) -> Iterator[Draw]:
    """Yield faults without end; no kind comes again before all others have come."""
    shuffled = random.Random(seed)  # noqa: S311
    numbers = itertools.count(1)
    while True:
        for kind in shuffled.sample(KINDS, len(KINDS)):
            number = next(numbers)
            # Of its own, so that any fault can be injected again alone.
            chance = random.Random(f"{seed}/{number}")  # noqa: S311
            yield Draw(number, kind, Configuration(chance.choice(kind.where)), chance)
