"""Give a fault its place: a folder, a store, and the commands that are started there."""

import os
import random
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.faults.command import MARK, Command, python
from benchmarks.faults.configuration import POINTS, Configuration
from benchmarks.faults.moment import PHASES, Moment, Phase, draw
from benchmarks.faults.stored_runs import StoredRun, Unreadable, read
from benchmarks.faults.tracking_server import TrackingServer

# What would lead a sweep to another store, or other data.
_NOT_INHERITED = ("MLFLOW_", "RUNNER_", "HYDRA_", "LC_", "LANG", "PYTHON", "TMPDIR")


class NotPossible(Exception):
    """This machine, or this user, cannot make the fault."""


@dataclass
class Scene:
    """Where one fault happens.

    Attributes:
        name: the name of the folder that the commands run in.
        lengths: the seconds that each phase takes undisturbed.
        mends: takes away the fault's cause; it is closed when the first commands have ended.
        ends: gives back what the fault took of the machine; it is closed last.
        destroyed: whether the fault takes away what was finished, so that it is made again.
        late: whether the sweep had ended, or was finished, before the moment came.
        may_refuse: whether one of the first commands may be refused.
        grids: the values of each sweep that is to be there in the end.
        before: what the commands are started by, such as `unshare`.
        settings: further settings of each command, and variables of its environment.
    """

    folder: Path
    configuration: Configuration
    experiment: str
    chance: random.Random
    lengths: Mapping[Phase, float]
    server: TrackingServer | None = None
    name: str = "work"
    mends: ExitStack = field(default_factory=ExitStack)
    ends: ExitStack = field(default_factory=ExitStack)
    destroyed: bool = False
    late: bool = False
    may_refuse: bool = False
    grids: list[Sequence[str]] = field(default_factory=lambda: [POINTS])
    before: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)

    @property
    def work(self) -> Path:
        """The folder that the commands run in."""
        return self.folder / self.name

    @property
    def temporary(self) -> Path:
        """The folder for temporary files."""
        return self.folder / "tmp"

    @property
    def cache(self) -> Path:
        """The folder of the cache."""
        return self.work / "cache"

    @property
    def database(self) -> Path:
        """The store's database."""
        return self.server.database if self.server else self.work / "mlflow.db"

    @property
    def served(self) -> TrackingServer:
        """The tracking server.

        Raises:
            NotPossible: the store is a local one.
        """
        if self.server is None:
            raise NotPossible("a local store has no server")
        return self.server

    @property
    def mark(self) -> str:
        """What the processes of this fault are known by."""
        return self.experiment

    def prepare(self, data: Path, empty: Path | None, cache: Path | None) -> None:
        """Make the folders, with a store that has its tables and a trained baseline, if given."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.temporary.mkdir()
        shutil.copy(data, self.work / "tiny.npz")
        if empty and not self.server:
            shutil.copy(empty, self.database)
        if cache:
            shutil.copytree(cache, self.cache)

    def start(self, values: Sequence[str] = POINTS, extra: Sequence[str] = ()) -> Command:
        """Start the sweep's command."""
        arguments = python("-m", "runner", *self.configuration.settings(values))
        arguments += [
            "dataset.path=tiny.npz",
            "cache.folder=cache",
            f"tracking.uri={self.uri}",
            f"tracking.experiment={self.experiment}",
        ]
        command = Command(
            [*self.before, *arguments, *self.settings, *extra], self.work, self.environment()
        )
        self.commands.append(command)
        return command

    @property
    def uri(self) -> str:
        """The store's address."""
        return self.server.proxy.uri if self.server else "sqlite:///mlflow.db"

    def environment(self) -> dict[str, str]:
        """Return the variables that the commands see."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)
        }
        own = {MARK: self.mark, "TMPDIR": str(self.temporary), "LC_ALL": "C.UTF-8"}
        return {**kept, **own, **self.variables}

    def reach(self, command: Command, phases: Sequence[Phase] = PHASES) -> Moment:
        """Draw a moment and wait for it, or for the command's end."""
        moment = draw(self.lengths, self.chance, phases)
        self.late = not command.reach(moment) or self._has_ended_well()
        return moment

    def _has_ended_well(self) -> bool:
        """Tell whether the sweep is finished, although its process still unloads its libraries."""
        with suppress(Unreadable):
            return any(run.kind == "sweep" and run.status == "FINISHED" for run in self.read())
        return False

    def seconds(self, least: float, most: float) -> float:
        """Draw how long something lasts."""
        return self.chance.uniform(least, most)

    def read(self) -> list[StoredRun]:
        """Read what the store holds.

        Raises:
            Unreadable: it cannot be read now.
        """
        return read(self.database, self.experiment, self.server.artifacts if self.server else None)
