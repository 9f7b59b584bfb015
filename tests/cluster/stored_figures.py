"""Print as JSON what a store holds of a sweep: `python stored_figures.py URI NAME`."""

import hashlib
import json
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from runner.settings.targets import Target
from runner.tracking import Kind, Record, Store
from runner.tracking.tags import SIGNATURE

# Figures of clocks and of memory differ from run to run.
_OTHERS = ("seconds/", "memory")


def main() -> None:
    """Print it."""
    store = Store(sys.argv[1], "sparsity")
    store.connect(create=False)
    sweeps = [sweep for sweep in store.of_kind(Kind.SWEEP) if sweep.name == sys.argv[2]]
    points = [point for sweep in sweeps for point in store.children(sweep.id)]
    signatures = {point.tags[SIGNATURE] for point in points}
    baselines = [
        run for run in store.of_kind(Kind.BASELINE) if run.tags.get(SIGNATURE) in signatures
    ]
    runs = {"sweep": sweeps, "point": points, "baseline": baselines}
    print(
        json.dumps({kind: sorted(map(partial(_of, store), runs[kind]), key=_name) for kind in runs})
    )


def _of(store: Store, run: Record) -> dict[str, Any]:
    metrics = {name: each for name, each in run.metrics.items() if not name.startswith(_OTHERS)}
    files = {str(target): _sha256(store, run, target) for target in Target if run.has_file(target)}
    host = run.tags.get("runner.process", "").partition(" ")[0]
    known = {"name": run.name, "status": run.status, "host": host}
    return {**known, "metrics": metrics, "files": files}


def _name(run: dict[str, Any]) -> str:
    return str(run["name"])


def _sha256(store: Store, run: Record, target: Target) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = store.fetch(run, f"models/{target.file_name}", Path(folder))
        return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
