"""Say what a point takes of a machine, and how many points a machine has room for."""

from collections.abc import Mapping
from dataclasses import dataclass

# Bytes that a point is taken to need until one has ended.
_UNKNOWN = 1.5e9
# Of the most that a process was seen to take: the next job may take more.
_MARGIN = 1.5


@dataclass(frozen=True)
class Share:
    """What a point takes: cores, graphics cards, and bytes of memory."""

    cpus: float
    gpus: float
    memory: float

    @property
    def options(self) -> dict[str, float]:
        """What Ray sets aside for it."""
        return {"num_cpus": self.cpus, "num_gpus": self.gpus, "memory": int(self.memory)}

    def room(self, resources: Mapping[str, float]) -> int:
        """Return how many points a machine with these resources has room for."""
        asked = {"CPU": self.cpus, "GPU": self.gpus, "memory": self.memory}
        return min(
            int(resources.get(name, 0.0) / amount) for name, amount in asked.items() if amount
        )

    def __str__(self) -> str:
        """Say it in words."""
        gpus = f", {self.gpus:g} graphics cards" if self.gpus else ""
        memory = f", {self.memory / 1e9:.1f} GB of memory" if self.memory else ""
        return f"{self.cpus:g} cores{gpus}{memory}"


@dataclass
class Need:
    """What points are asked to take, and of the memory what they were seen to take.

    Attributes:
        memory: bytes; None: what the processes took decides.
    """

    cpus: float
    gpus: float
    memory: float | None
    _most: int = 0

    def note(self, taken: int) -> None:
        """Take into account the bytes that a process took at most for a job."""
        self._most = max(self._most, taken)

    @property
    def share(self) -> Share:
        """What a point takes as far as is known now."""
        known = _MARGIN * self._most if self._most else _UNKNOWN
        return Share(self.cpus, self.gpus, known if self.memory is None else self.memory)
