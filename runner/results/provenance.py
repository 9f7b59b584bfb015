"""A file of a sweep goes in; where it comes from and what it is, as plain values, comes out."""

import hashlib
from pathlib import Path
from typing import Any

from runner.results.choice import File
from runner.results.rows import Results
from runner.tracking import Record

_TAGS = {
    "fingerprint": "runner.fingerprint",
    "baseline_signature": "runner.signature",
    "baseline_run_id": "runner.baseline_run_id",
    "git_commit": "mlflow.source.git.commit",
    "git_dirty": "runner.git_dirty",
    "versions": "runner.versions",
    "command": "runner.command",
}


def provenance(results: Results, baseline: Record | None, file: File) -> dict[str, Any]:
    """Describe a file: sweep, point, settings, figures, baseline, code and versions."""
    point = file.point
    ending = f"/{file.target}"
    return {
        "sweep": results.name,
        "sweep_run_id": results.sweep.id,
        "point": point.name,
        "run_id": point.id,
        "target": str(file.target),
        "figures": {
            **_named(point, ending),
            "sparsity": point.metrics.get("sparsity"),
            "validation_drop": file.validation_drop,
        },
        "baseline": _named(baseline, "/h5") if baseline else None,
        "settings": dict(point.params),
        **{name: point.tags.get(tag) for name, tag in _TAGS.items()},
    }


def sha256(path: Path) -> str:
    """Return the digest by which others recognize a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _named(record: Record, ending: str) -> dict[str, float]:
    figures = record.metrics.items()
    return {name.removesuffix(ending): value for name, value in figures if name.endswith(ending)}
