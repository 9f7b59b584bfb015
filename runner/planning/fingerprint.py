"""Identify baselines, points and sweeps by everything that decides their figures.

A signature hashes what changes the result, and nothing else: not where files lie, not the store.
Whole folders of code are hashed, so that a new file in them counts from its first day.
"""

import functools
import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from runner.models.architectures import ARCHITECTURES
from runner.planning.request import content
from runner.settings import ArchitectureSettings, Settings
from runner.settings.targets import Target

# What decides a dense model; each architecture's own code is added to it.
TRAINING = (
    "backend.py",
    "training",
    "data/classes.py",
    "data/dataset.py",
    "data/digits.py",
    "data/division.py",
    "data/images.py",
    "data/part.py",
    "data/scale.py",
    "data/sources.py",
    "data/split.py",
    "models/build.py",
    "models/class_names.py",
    "models/flatten.py",
    "models/keras3",
    "models/outputs.py",
)
# What decides which weights a point ends with.
PRUNING = ("prune", "compress", "models/clone.py", "models/layer_patterns.py")
# What decides which channels are left, where some are removed.
NARROWING = ("channels",)
# What makes files of a model, a baseline's too, and figures of files.
MEASURING = (
    "export",
    "measure",
    "models/deploy.py",
    "models/preprocessing.py",
    "point",
    "settings/targets.py",
    "statistics/interval.py",
    "statistics/paired.py",
    "statistics/share.py",
    "statistics/wilson.py",
)

_LIBRARIES = ("tensorflow", "tf-keras", "tensorflow-model-optimization")
_READERS = ("ai-edge-litert", "pyarrow")
# All packages whose versions decide figures of some point.
DECIDING = (*_LIBRARIES, "keras", *_READERS, "ai-edge-quantizer", "tflite-micro")
_PACKAGE = Path(__file__).parents[1]


def baseline_signature(settings: Settings, data_digest: str) -> str:
    """Identify the dense model: two points with this signature start from the same weights."""
    return _hash(_baseline(settings, data_digest))


def measuring_digest(settings: Settings) -> str:
    """Identify what a baseline's figures come from, besides the baseline itself."""
    return _hash({**_measuring(settings), "batch": settings.export.batch})


def fingerprint(settings: Settings, data_digest: str) -> str:
    """Identify the point: two points with this fingerprint give the same figures."""
    return _hash(
        {
            "baseline": _baseline(settings, data_digest),
            "channels": _channels(settings),
            "schedule": settings.schedule.effective,
            "compress": settings.compress.effective,
            "export": settings.export.effective,
            "makers": _makers(settings.export.targets),
            "code": _source_digest(PRUNING, _PACKAGE),
            "measuring": _measuring(settings),
        }
    )


def look_at_libraries() -> None:
    """Look versions of libraries up again: those found before are kept, for points are many."""
    _installed.cache_clear()


def versions(settings: Settings) -> dict[str, str]:
    """Return the versions of the libraries that decide the figures of a point."""
    used = {library: _installed(library) for library in (*_libraries(settings), *_READERS)}
    return used | _makers(settings.export.targets)


def code_digest() -> str:
    """Identify all code of the runner's that decides figures."""
    parts = (TRAINING, NARROWING, PRUNING, MEASURING)
    return _hash({"code": [_source_digest(part, _PACKAGE) for part in parts]})


def sweep_fingerprint(name: str, points: Iterable[str]) -> str:
    """Identify a sweep by its name and the fingerprints of its points, in any order."""
    return _hash({"name": name, "points": sorted(points)})


def source_files(names: Iterable[str], package: Path) -> list[Path]:
    """List files, and all files of folders, of the package."""
    places = [package / name for name in names]
    return [file for place in places for file in (sorted(place.rglob("*.py")) or [place])]


@functools.cache
def _source_digest(names: tuple[str, ...], package: Path) -> str:
    total = hashlib.sha256()
    for file in source_files(names, package):
        content_digest = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(package).as_posix()}\0{content_digest}\n".encode())
    return total.hexdigest()


def _baseline(settings: Settings, data_digest: str) -> dict[str, Any]:
    return {
        "data": data_digest,
        "architecture": settings.architecture.model_dump(mode="json", include={"name", "target"}),
        "training": _source_digest(TRAINING, _PACKAGE),
        "builder": _builder(settings.architecture),
        "baseline": settings.baseline.effective,
        "augment": settings.augment.model_dump(mode="json"),
        "seed": settings.seed,
        "threads": settings.threads,
        "versions": {library: _installed(library) for library in _libraries(settings)},
    }


def _channels(settings: Settings) -> dict[str, Any]:
    """Identify what is done to channels; for a point that keeps all, its code does not count."""
    channels = settings.channels
    code = {"code": _source_digest(NARROWING, _PACKAGE)} if channels.removes else {}
    return {**channels.effective, **code}


def _libraries(settings: Settings) -> tuple[str, ...]:
    """Name the libraries that build a model: an own one may come from Keras 3."""
    own = settings.architecture.name not in ARCHITECTURES
    return (*_LIBRARIES, "keras") if own else _LIBRARIES


def _makers(targets: Iterable[Target]) -> dict[str, str]:
    """Name the libraries, with their versions, that make files besides LiteRT's converter."""
    wanted = list(targets)
    few_bits = any(each.conversion and each.conversion.weight_bits for each in wanted)
    names = [
        *(["ai-edge-quantizer"] if few_bits else []),
        *(["tflite-micro"] if any(each.encoding for each in wanted) else []),
    ]
    return {name: _version(name) for name in names}


@functools.cache
def _installed(library: str) -> str:
    return version(library)


def _version(library: str) -> str:
    """Return the version of a library that is not published for every machine."""
    try:
        return _installed(library)
    except PackageNotFoundError:
        return ""


def _measuring(settings: Settings) -> dict[str, Any]:
    return {
        "scale_in_file": settings.dataset.scale_in_file,
        "code": _source_digest(MEASURING, _PACKAGE),
        "readers": {library: _installed(library) for library in _READERS},
    }


def _builder(architecture: ArchitectureSettings) -> str:
    """Identify what a network is made from, wherever it lies."""
    if architecture.name in ARCHITECTURES:
        return ARCHITECTURES[architecture.name].source_digest
    return content(architecture)


def _hash(what: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]
