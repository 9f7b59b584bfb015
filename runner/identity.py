"""Settings and a data digest go in; the signatures of a baseline and of a point come out.

A signature hashes what changes the result, and nothing else: not where files lie, not the store.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from runner.architectures import ARCHITECTURES
from runner.settings import Settings

_TRAINING = Path(__file__).with_name("training.py")
_LIBRARIES = ("tensorflow", "tf-keras", "tensorflow-model-optimization")


def baseline_signature(settings: Settings, data_digest: str) -> str:
    """Identify the dense model: two points with this signature start from the same weights."""
    return _hash(_baseline(settings, data_digest))


def fingerprint(settings: Settings, data_digest: str) -> str:
    """Identify the point: two points with this fingerprint give the same figures."""
    return _hash(
        {
            "baseline": _baseline(settings, data_digest),
            "schedule": settings.schedule.model_dump(mode="json"),
            "export": settings.export.model_dump(mode="json"),
        }
    )


def _baseline(settings: Settings, data_digest: str) -> dict[str, Any]:
    return {
        "data": data_digest,
        "architecture": settings.architecture.model_dump(mode="json"),
        "training": hashlib.sha256(_TRAINING.read_bytes()).hexdigest(),
        "builder": ARCHITECTURES[settings.architecture.name].source_digest,
        "baseline": settings.baseline.model_dump(mode="json"),
        "seed": settings.seed,
        "threads": settings.threads,
        "versions": {library: version(library) for library in _LIBRARIES},
    }


def _hash(what: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]
