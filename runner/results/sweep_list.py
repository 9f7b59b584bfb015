"""List the sweeps of an experiment, with how far each came and what it picked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from runner.results.rows import Results
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Kind, Record, Store, tags

# Who has ended so has counted its points, and nobody has gone on with it.
_COUNTED = ("FINISHED", "FAILED")
_STATES = {"FINISHED": "finished", "FAILED": "failed", "KILLED": "stopped", "RUNNING": "running"}


@dataclass(frozen=True)
class Pick:
    """A file that a sweep ships.

    Attributes:
        size: bytes on the device: of its zip on a phone, else of the file as it lies in memory.
        validation_accuracy, accuracy: on the validation and on the test images, from 0 to 1.
    """

    target: str
    point: str
    size: float
    validation_accuracy: float
    accuracy: float


@dataclass(frozen=True)
class SweepLine:
    """A sweep, as the store has it now.

    Attributes:
        started: milliseconds since 1970.
        done, failed, planned: numbers of its points.
        state: finished, failed (in part), stopped, running, or interrupted: its process is gone.
        picks: one for each device and data set; none where there is none, or none yet.
    """

    name: str
    run_id: str
    started: int
    done: int
    failed: int
    planned: int
    state: str
    device: Device
    picks: tuple[Pick, ...]

    @property
    def when(self) -> str:
        """When it was started, in local time, to the minute."""
        return datetime.fromtimestamp(self.started / 1000).strftime("%Y-%m-%d %H:%M")

    @property
    def values(self) -> dict[str, Any]:
        """All of it as plain values."""
        picks = [vars(pick) for pick in self.picks]
        return {**vars(self), "device": str(self.device), "picks": picks}


def sweep_list(store: Store) -> list[SweepLine]:
    """Return the sweeps of the store's experiment, the newest first.

    The store is asked for all sweeps at once, for all picked points at once, and once more for each
    sweep that is running or was stopped.

    Raises:
        StoreFailed: the store does not answer.
    """
    picked: dict[str, list[Record]] = {}
    for point in store.of_kind(Kind.POINT, {tags.PICK: "true"}):
        picked.setdefault(point.parent or "", []).append(point)
    sweeps = [_line(sweep, picked.get(sweep.id, ())) for sweep in store.of_kind(Kind.SWEEP)]
    return [_counted(store, *each) for each in reversed(sweeps)]


def _line(sweep: Record, picked: Sequence[Record]) -> tuple[SweepLine, Record]:
    results = Results(sweep, ())
    done, failed = (int(sweep.metrics.get(f"points_{each}", 0)) for each in ("done", "failed"))
    device = results.request.device
    flash = sweep.metrics.get("picked_flash_bytes") if device is not Device.PHONE else None
    line = SweepLine(
        name=results.name,
        run_id=sweep.id,
        started=sweep.started,
        done=done,
        failed=failed,
        planned=results.planned,
        state="interrupted" if sweep.is_dead else _STATES.get(sweep.status, sweep.status.lower()),
        device=device,
        picks=tuple(pick for point in picked if (pick := _pick(point, device, flash))),
    )
    return line, sweep


def _counted(store: Store, line: SweepLine, sweep: Record) -> SweepLine:
    """Count the points of a sweep that has not done so itself, or did and was gone on with."""
    if sweep.status in _COUNTED and "points_done" in sweep.metrics:
        # Sweeps of earlier versions do not say how many points they were to have.
        return replace(line, planned=max(line.planned, line.done + line.failed))
    statuses = [point.status for point in store.children(sweep.id)]
    done = statuses.count("FINISHED")
    failed = sum(status in ("FAILED", "KILLED") for status in statuses)
    return replace(line, done=done, failed=failed, planned=max(line.planned, len(statuses)))


def _pick(point: Record, device: Device, flash: float | None) -> Pick | None:
    """Read the file that the point is picked for; None where the store has no figures of it."""
    target = point.tags.get(tags.PICK_TARGET, "")
    if target not in set(Target) or not point.has_file(target):
        return None
    figures = point.figures(target)
    size = figures["zip_bytes" if device is Device.PHONE else "size_bytes"]
    return Pick(
        target=target,
        point=point.name,
        size=size if flash is None else flash,
        validation_accuracy=figures["validation_accuracy"],
        accuracy=figures["accuracy"],
    )
