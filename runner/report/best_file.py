"""Choose the file of a sweep in Python: what may be asked for, and what it is given as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from runner.errors import Refused, RunnerError
from runner.results.choice import File, Limits
from runner.results.class_figures import class_names
from runner.settings.targets import Target
from runner.tracking import Store


class NothingQualifies(RunnerError):
    """No file of the sweep is to ship; the text names the closest one, or says why none is."""


@dataclass(frozen=True)
class BestFile:
    """The file of a sweep to ship.

    Attributes:
        path: where it lies, or its address where that is on another machine.
        target: the kind of file.
        point: the name of the point that it is of.
        run_id: the point's run.
        size_bytes, zip_bytes: bytes of the file, and of its zip.
        accuracy, validation_accuracy: shares of the images classified right, from 0 to 1.
        zip_ratio: how many times smaller it is, zipped, than the baseline's h5 file.
        classes: what its outputs stand for, in their order; empty for sweeps of earlier versions.
    """

    path: str
    target: str
    point: str
    run_id: str
    size_bytes: float
    zip_bytes: float
    accuracy: float
    validation_accuracy: float
    zip_ratio: float
    classes: tuple[str, ...]

    @classmethod
    def of(cls, file: File, store: Store) -> "BestFile":
        """Describe a file of a point in the store."""
        path = store.local_file(file.point, file.artifact)
        return cls(
            path=path,
            target=str(file.target),
            point=file.point.name,
            run_id=file.point.id,
            size_bytes=file.size_bytes,
            zip_bytes=file.zip_bytes,
            accuracy=file.accuracy,
            validation_accuracy=file.validation_accuracy,
            zip_ratio=file.zip_ratio,
            classes=class_names(store, file.point),
        )


def targets_of(target: str | Sequence[str] | None) -> tuple[Target, ...]:
    """Return the targets of these names; all without a name.

    Raises:
        Refused: there is no such target.
    """
    names = [target] if isinstance(target, str) else target or [*Target]
    unknown = [name for name in names if name not in [*Target]]
    if unknown:
        raise Refused(f"target={unknown[0]}: must be one of {', '.join(Target)}")
    return tuple(Target(name) for name in names)


def limits_of(limits: Mapping[str, float]) -> dict[str, float]:
    """Return the limits besides that on accuracy.

    Raises:
        Refused: there is no such limit, or it is not positive.
    """
    known = [field.name for field in fields(Limits) if field.name.startswith("max_")]
    known.remove("max_drop")
    for name, limit in limits.items():
        if name not in known:
            raise Refused(f"{name}={limit}: no such limit; there are max_drop, {', '.join(known)}")
        if not limit > 0:
            raise Refused(f"{name}={limit}: must be a positive number")
    return dict(limits)
