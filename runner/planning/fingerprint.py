"""Settings and a data digest go in; the signatures of a baseline and of a point come out.

A signature hashes what changes the result, and nothing else: not where files lie, not the store.
"""

import functools
import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from runner.models.architectures import ARCHITECTURES
from runner.planning.request import content
from runner.settings import ArchitectureSettings, Settings

# The rooms whose code decides what a dense model, and what a point, comes out as.
_TRAINING = ("backend.py", "training/train.py", "training/epoch_loop.py", "training/augment.py")
_PRUNING = (
    "models/clone.py",
    "prune",
    "compress",
    "settings/targets.py",
    "export/frozen_model.py",
    "export/convert.py",
    "measure/measurement.py",
    "measure/tensor_arena.py",
    "measure/latency.py",
    "measure/weight_bytes.py",
    "measure/layer_table.py",
)
_LIBRARIES = ("tensorflow", "tf-keras", "tensorflow-model-optimization")


def baseline_signature(settings: Settings, data_digest: str) -> str:
    """Identify the dense model: two points with this signature start from the same weights."""
    return _hash(_baseline(settings, data_digest))


def fingerprint(settings: Settings, data_digest: str) -> str:
    """Identify the point: two points with this fingerprint give the same figures."""
    return _hash(
        {
            "baseline": _baseline(settings, data_digest),
            "schedule": settings.schedule.counting,
            "compress": settings.compress.counting,
            "export": settings.export.counting,
            "measure": settings.measure.model_dump(mode="json"),
            "code": _source_digest(_PRUNING),
            "readers": [version(library) for library in ("ai-edge-litert", "pyarrow")],
        }
    )


def sweep_fingerprint(name: str, points: Iterable[str]) -> str:
    """Identify a sweep by its name and the fingerprints of its points, in any order."""
    return _hash({"name": name, "points": sorted(points)})


def _baseline(settings: Settings, data_digest: str) -> dict[str, Any]:
    return {
        "data": data_digest,
        "architecture": settings.architecture.model_dump(mode="json", include={"name", "target"}),
        "training": _source_digest(_TRAINING),
        "builder": _builder(settings.architecture),
        "baseline": settings.baseline.model_dump(mode="json"),
        "augment": settings.augment.model_dump(mode="json"),
        "seed": settings.seed,
        "threads": settings.threads,
        "versions": {library: version(library) for library in _LIBRARIES},
    }


def _builder(architecture: ArchitectureSettings) -> str:
    """Identify what a network is made from, wherever it lies."""
    if architecture.name in ARCHITECTURES:
        return ARCHITECTURES[architecture.name].source_digest
    return content(architecture) + _source_digest(("models/build.py", "models/flatten.py"))


@functools.cache
def _source_digest(names: tuple[str, ...]) -> str:
    rooms = [Path(__file__).parents[1] / name for name in names]
    files = [file for room in rooms for file in (sorted(room.glob("*.py")) or [room])]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _hash(what: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]
