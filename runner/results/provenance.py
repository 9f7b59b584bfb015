"""Describe where a file of a sweep comes from, in plain values."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.results.choice import File
from runner.results.input_range import input_range
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
# What a version of a registered model has of it.
_VERSION_TAGS = {
    "sweep": tags.SWEEP,
    "sweep_run_id": tags.SWEEP_RUN_ID,
    "point": tags.POINT,
    "target": tags.TARGET,
    "fingerprint": tags.FINGERPRINT,
    "baseline_run_id": tags.BASELINE_RUN_ID,
    "git_commit": tags.VERSION_GIT_COMMIT,
    "git_dirty": tags.GIT_DIRTY,
    "versions": tags.VERSIONS,
    "sha256": tags.SHA256,
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
            **point.figures(file.target),
            "sparsity": point.metrics.get("sparsity"),
            "validation_drop": file.validation_drop,
            **file.network,
        },
        "baseline": baseline.figures(Target.H5) if baseline else None,
        "input": input_range(point.params),
        "settings": dict(point.params),
        **{name: point.tags.get(tag) for name, tag in _TAGS.items()},
    }


def version_tags(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a registered model's version; what is not known is left out."""
    found = {tag: values[name] for name, tag in _VERSION_TAGS.items() if values.get(name)}
    evidence = values.get("evidence", {})
    word = evidence.get("certainty", {}).get("validation")
    words = {tags.CERTAINTY: word, tags.CONFIDENCE: f"{evidence['confidence']:g}"} if word else {}
    return {**found, **words}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
