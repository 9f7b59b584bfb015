"""What someone calls a sweep goes in: a name, a run id or `latest`; its run comes out."""

import re

from runner.errors import Refused
from runner.tracking import Kind, Record, Store, StoreFailed

_RUN_ID = re.compile(r"[0-9a-f]{32}")


def find_sweep(store: Store, name: str) -> Record:
    """Find a sweep, finished or running; of several with one name, the newest.

    Raises:
        Refused: there is none, or the run is no sweep.
        StoreFailed: the store does not answer.
    """
    if _RUN_ID.fullmatch(name):
        return _by_id(store, name)
    sweeps = store.find(f"tags.`runner.kind` = '{Kind.SWEEP}'")
    named = [
        each for each in sweeps if name in ("latest", each.name, each.tags.get("runner.sweep"))
    ]
    if named:
        return named[-1]
    known = ", ".join(dict.fromkeys(each.name for each in sweeps)) or "none yet"
    raise Refused(
        f"SWEEP={name}: must be a sweep of experiment {store.experiment}: {known}; "
        "or a sweep's run id, or latest"
    )


def _by_id(store: Store, run_id: str) -> Record:
    try:
        record = store.get(run_id)
    except StoreFailed as failure:
        raise Refused(f"SWEEP={run_id}: no such run ({failure})") from None
    kind = record.tags.get("runner.kind")
    if kind == Kind.SWEEP and record.experiment_id == store.experiment_id:
        return record
    if kind == Kind.SWEEP:
        other = store.experiment_of(record)
        raise Refused(f"SWEEP={run_id}: must be a sweep of --experiment; add --experiment {other}")
    parent = record.tags.get("mlflow.parentRunId")
    hint = f"; it belongs to {parent}" if parent else ""
    raise Refused(
        f"SWEEP={run_id}: must be a sweep, and is a {kind or 'run of something else'}{hint}"
    )
