"""Name a kind of fault, and say how it is made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.faults.configuration import Where
from benchmarks.faults.scene import Scene

EVERYWHERE: Sequence[Where] = ("local", "served")
LOCAL: Sequence[Where] = ("local",)
SERVED: Sequence[Where] = ("served",)


@dataclass(frozen=True)
class Kind:
    """A kind of fault.

    Attributes:
        play: starts one or more sweeps and makes the fault at a moment of its choice; it returns
            what it did, in words. It need not wait for the sweeps' ends.
        where: the kinds of store on which there is such a fault.
    """

    name: str
    play: Callable[[Scene], str]
    where: Sequence[Where] = EVERYWHERE
