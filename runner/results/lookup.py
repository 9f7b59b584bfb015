"""Find the run of a sweep by its name, by its run id or as `latest`."""

import re

from runner.errors import Refused
from runner.tracking import Kind, Record, Store, StoreFailed, tags

_RUN_ID = re.compile(r"[0-9a-f]{32}")


def find_sweep(store: Store, name: str) -> Record:
    """Find a sweep, finished or running; of several with one name, the newest.

    Raises:
        Refused: there is none, or the run is no sweep.
        StoreFailed: the store does not answer.
    """
    if _RUN_ID.fullmatch(name):
        return _by_id(store, name)
    sweeps = store.of_kind(Kind.SWEEP)
    matches = [
        sweep for sweep in sweeps if name in ("latest", sweep.name, sweep.tags.get(tags.SWEEP))
    ]
    if matches:
        return matches[-1]
    known = ", ".join(dict.fromkeys(sweep.name for sweep in sweeps)) or "none yet"
    raise Refused(
        f"SWEEP={name}: must be a sweep of experiment {store.experiment}: {known}; "
        "or a sweep's run id, or latest"
    )


def find_run(store: Store, name: str) -> Record | None:
    """Find the run of the runner's that has this id; None where the name is no id.

    Raises:
        Refused: there is none.
    """
    if not _RUN_ID.fullmatch(name):
        return None
    try:
        record = store.get(name)
    except StoreFailed as failure:
        raise Refused(f"SWEEP={name}: {_why(failure)}") from None
    return record if record.kind else None


def _why(failure: StoreFailed) -> str:
    unknown = failure.code == "RESOURCE_DOES_NOT_EXIST"
    return "no such run in the store" if unknown else f"no such run ({failure})"


def _by_id(store: Store, run_id: str) -> Record:
    try:
        record = store.get(run_id)
    except StoreFailed as failure:
        raise Refused(f"SWEEP={run_id}: {_why(failure)}") from None
    if record.kind == Kind.SWEEP and record.experiment_id == store.experiment_id:
        return record
    if record.kind == Kind.SWEEP:
        other = store.experiment_of(record)
        raise Refused(f"SWEEP={run_id}: must be a sweep of --experiment; add --experiment {other}")
    kind = record.kind or "run of something else"
    hint = f"; it belongs to {record.parent}" if record.parent else ""
    raise Refused(f"SWEEP={run_id}: must be a sweep, and is a {kind}{hint}")
