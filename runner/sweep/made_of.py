"""Tell what a sweep is made of, and what has changed since another one."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from runner.planning.fingerprint import versions
from runner.planning.grid import Point
from runner.settings import Settings
from runner.tracking import Record
from runner.tracking.tags import MADE_OF

# Of a sweep that does not say what it was made of.
_ANY = "the code, a library, the images or a model have"
_PARTS = {"code": "the code of the runner", "data": "the images", "model": "a model"}


def made_of(points: Sequence[Point]) -> str:
    """Write digests of the code, the images and the models, and the versions of libraries."""
    plans = [point.plan.split("-")[1:] for point in points]
    models, data, code = (_digest(parts) for parts in zip(*plans, strict=True))
    libraries = _versions(point.settings for point in points)
    parts = {"code": code, "libraries": libraries, "data": data, "model": models}
    return json.dumps(parts, sort_keys=True)


def changes(before: Record, now: Record) -> str:
    """Say what has changed between two sweeps of the same settings, and that it has."""
    old, new = _read(before), _read(now)
    if not (old and new):
        return f"{_ANY} changed"
    parts = [text for part, text in _PARTS.items() if old.get(part) != new.get(part)]
    parts += _other_versions(old.get("libraries", {}), new.get("libraries", {}))
    if not parts:
        return f"{_ANY} changed"
    first, last = ", ".join(parts[:-1]), parts[-1]
    return (
        f"{first} and {last} have changed"
        if first
        else f"{last} has changed".replace("images has", "images have")
    )


def _versions(points: Iterable[Settings]) -> dict[str, str]:
    return {library: text for settings in points for library, text in versions(settings).items()}


def _other_versions(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return [
        f"{library} ({old.get(library, 'none')} to {new.get(library, 'none')})"
        for library in sorted({*old, *new})
        if old.get(library) != new.get(library)
    ]


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(sorted(set(parts))).encode()).hexdigest()[:16]


def _read(sweep: Record) -> dict[str, Any]:
    try:
        return dict(json.loads(sweep.tags.get(MADE_OF, "{}")))
    except (ValueError, TypeError):
        return {}
