"""Describe where a file of a sweep comes from, in plain values."""

import hashlib
from pathlib import Path
from typing import Any

from runner.results.choice import File
from runner.results.rows import Results
from runner.settings.targets import Target
from runner.tracking import Record, tags

_TAGS = {
    "fingerprint": tags.FINGERPRINT,
    "baseline_signature": tags.SIGNATURE,
    "baseline_run_id": tags.BASELINE_RUN_ID,
    "git_commit": tags.GIT_COMMIT,
    "git_dirty": tags.GIT_DIRTY,
    "versions": tags.VERSIONS,
    "command": tags.COMMAND,
}


def provenance(results: Results, baseline: Record | None, file: File) -> dict[str, Any]:
    """Describe a file: sweep, point, settings, figures, baseline, code and versions."""
    point = file.point
    return {
        "sweep": results.name,
        "sweep_run_id": results.sweep.id,
        "point": point.name,
        "run_id": point.id,
        "target": str(file.target),
        "figures": {
            **_figures(point, file.target),
            "sparsity": point.metrics.get("sparsity"),
            "validation_drop": file.validation_drop,
        },
        "baseline": _figures(baseline, Target.H5) if baseline else None,
        "settings": dict(point.params),
        **{name: point.tags.get(tag) for name, tag in _TAGS.items()},
    }


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _figures(record: Record, target: Target) -> dict[str, float]:
    ending, metrics = f"/{target}", record.metrics.items()
    return {name.removesuffix(ending): value for name, value in metrics if name.endswith(ending)}
