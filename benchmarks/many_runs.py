"""A store with one real sweep goes in; many sweeps like it, with drawn figures, come out in it."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drawn import Place, figures, history
from runner.data.dataset import Dataset
from runner.settings.labels import point_name
from runner.tracking import FINGERPRINT, Kind, Record, Run, Store

_INITIAL = (0.0, 0.1, 0.2, 0.3, 0.4)
_FINAL = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
# Of every other sweep, one point in so many has failed.
_FAILING = 60
_REASON = "ValueError: the loss is not a number from epoch 2 on"


@dataclass(frozen=True)
class Sample:
    """A real point with its files, its sweep and its baseline: what drawn runs are made after."""

    sweep: Record
    point: Record
    baseline: Record
    data: Dataset
    artifacts: Path


@dataclass(frozen=True)
class Many:
    """Writes drawn runs into a store."""

    store: Store
    sample: Sample

    def write(self, sweeps: int, points: int) -> list[str]:
        """Write finished sweeps of as many points each; return the sweeps' names."""
        seeds = range(math.ceil(points / (len(_INITIAL) * len(_FINAL))))
        baselines = [self._baseline(seed) for seed in seeds]
        grid = list(itertools.islice(itertools.product(_INITIAL, _FINAL, seeds), points))
        return [
            self._sweep([Place(*each, number) for each in grid], baselines)
            for number in range(1, sweeps + 1)
        ]

    def _baseline(self, seed: int) -> str:
        place = Place(0.0, 0.0, seed)
        tags = {"runner.signature": _signature(seed)}
        params = {**self.sample.baseline.params, "seed": str(seed)}
        run = self.store.new_run(Kind.BASELINE, self.sample.baseline.name, params, tags)
        self._finish(run, place)
        return run.id

    def _sweep(self, places: Sequence[Place], baselines: Sequence[str]) -> str:
        name, number = _name(places[0]), places[0].sweep
        tags = {"runner.sweep": name, FINGERPRINT: f"{number:016x}"}
        varied = {key: _joined(each.params[key] for each in places) for key in places[0].params}
        params = {**self.sample.sweep.params, **_own(places[0]), **varied}
        run = self.store.new_run(Kind.SWEEP, name, params, tags)
        failing = places[_FAILING // 2 :: _FAILING] if number % 2 == 0 else []
        for place in places:
            self._point(place, run.id, baselines[place.seed], place in failing)
        reason = f"{len(failing)} of {len(places)} points failed" if failing else ""
        run.end("FAILED" if failing else "FINISHED", reason)
        return name

    def _point(self, place: Place, sweep: str, baseline: str, fails: bool) -> None:
        tags = {
            "runner.sweep": _name(place),
            "runner.signature": _signature(place.seed),
            "runner.baseline_run_id": baseline,
            "runner.cpu": "drawn, 1 thread",
            FINGERPRINT: f"{hash(place) % 2**64:016x}",
        }
        params = {**self.sample.point.params, **_own(place), **place.params}
        run = self.store.new_run(Kind.POINT, point_name(place.params), params, tags, sweep)
        if fails:
            run.log_text(_REASON, "error.txt")
            run.end("FAILED", _REASON)
        else:
            self._finish(run, place)

    def _finish(self, run: Run, place: Place) -> None:
        """Log drawn figures and the sample's files, all in one go, and close the run."""
        files = self.sample.artifacts
        run.log_inputs(self.sample.data, (files / "config.yaml").read_text())
        run.log_metrics(figures(place))
        run.log_history(history(place))
        run.log_file(files / "layers.csv")
        for path in sorted((files / "models").iterdir()):
            run.log_file(path, "models")
        run.end("FINISHED")


def _name(place: Place) -> str:
    return f"drawn-{place.sweep}"


def _own(place: Place) -> dict[str, str]:
    """Return the setting in which the sweeps differ."""
    return {"schedule.batch_size": str(8 * place.sweep)}


def _joined(values: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(values))


def _signature(seed: int) -> str:
    return f"{seed:016x}"
