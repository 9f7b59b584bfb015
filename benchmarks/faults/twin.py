"""Run the sweep undisturbed, and remember what it came to and how long each phase took."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.faults.configuration import OTHERS, Configuration
from benchmarks.faults.moment import PHASES, Phase
from benchmarks.faults.scene import Scene
from benchmarks.faults.stored_runs import StoredRun
from benchmarks.faults.tracking_server import TrackingServer
from benchmarks.fixtures.toy_dataset import write_toy

# Figures that a clock gives differ from run to run.
_OF_CLOCKS = ("seconds/",)
_OF_MODELS = "models/"


@dataclass(frozen=True)
class Likeness:
    """What a run has that must be equal in another sweep.

    Attributes:
        files: the names of all artifacts.
        models: the SHA-256 of each model file.
    """

    metrics: Mapping[str, float]
    files: Sequence[str]
    models: Mapping[str, str]
    pick: str

    @classmethod
    def of(cls, run: StoredRun) -> "Likeness":
        """Take it from a run that the store holds."""
        metrics = {
            name: value for name, value in run.metrics.items() if not name.startswith(_OF_CLOCKS)
        }
        models = {name: text for name, text in run.files.items() if name.startswith(_OF_MODELS)}
        return cls(metrics, sorted(run.files), models, run.tags.get("runner.pick_target", ""))


@dataclass(frozen=True)
class Twin:
    """An undisturbed sweep: its runs by kind and name, and the seconds of each phase."""

    runs: Mapping[str, Likeness]
    lengths: Mapping[Phase, float]
    folder: Path

    @property
    def data(self) -> Path:
        """The data set."""
        return self.folder / "toy.npz"

    @property
    def empty(self) -> Path:
        """A local store without runs."""
        return self.folder / "empty.db"

    @property
    def cache(self) -> Path:
        """The cache, with a trained baseline."""
        return self.folder / "scene" / "work" / "cache"


def key(run: StoredRun) -> str:
    """Name a run within its sweep."""
    return run.kind if run.kind in {"sweep", "baseline"} else f"{run.kind} {run.name}"


def make_twin(folder: Path, configuration: Configuration, server: TrackingServer | None) -> Twin:
    """Return the configuration's twin, which is run once a folder.

    Raises:
        RuntimeError: the sweep fails undisturbed.
    """
    place = folder / "twins" / configuration.name
    notes = place / "twin.json"
    if not notes.exists():
        place.mkdir(parents=True, exist_ok=True)
        write_toy(place)
        _make_empty(place / "empty.db")
        runs, lengths = _run(place, configuration, server)
        notes.write_text(
            json.dumps(
                {
                    "runs": {name: asdict(likeness) for name, likeness in runs.items()},
                    "lengths": lengths,
                }
            ),
            encoding="utf-8",
        )
    kept = json.loads(notes.read_text(encoding="utf-8"))
    return Twin(
        {name: Likeness(**likeness) for name, likeness in kept["runs"].items()},
        kept["lengths"],
        place,
    )


def _make_empty(path: Path) -> None:
    # MLflow is imported here, so that --help answers at once.
    from runner.tracking.connection import Connection

    if not path.exists():
        Connection(f"sqlite:///{path}.part")
        Path(f"{path}.part").replace(path)


def _run(
    place: Path, configuration: Configuration, server: TrackingServer | None
) -> tuple[dict[str, Likeness], dict[Phase, float]]:
    chance = random.Random(0)  # noqa: S311
    scene = Scene(place / "scene", configuration, f"twin-{configuration.name}", chance, {}, server)
    scene.prepare(place / "toy.npz", place / "empty.db", None)
    command = scene.start()
    if command.wait():
        raise RuntimeError(f"a sweep fails undisturbed:\n{command.text}")
    ended = command.ended
    starts = [command.began[phase] for phase in PHASES] + [ended]
    lengths = {phase: starts[i + 1] - starts[i] for i, phase in enumerate(PHASES)}
    first = {key(run): Likeness.of(run) for run in scene.read()}
    # The point that only the other grid has, too; a point that is alone has another name.
    other = scene.start(OTHERS[-2:])
    if other.wait():
        raise RuntimeError(f"a sweep fails undisturbed:\n{other.text}")
    more = {key(run): Likeness.of(run) for run in scene.read() if run.kind == "point"}
    return {**more, **first}, lengths
