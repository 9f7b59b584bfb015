"""Find the sweep to delete, also where its deletion was interrupted."""

from collections.abc import Sequence

from runner.results.lookup import find_sweep
from runner.tracking import Kind, Record, Store
from runner.tracking.removal import can_collect
from runner.tracking.tags import DELETING, SWEEP


def sweep_to_delete(store: Store, name: str, deleted: Sequence[Record]) -> Record:
    """Find a sweep by its name, run id or as `latest`; of several with one name, the newest.

    One whose deletion was interrupted comes first: else the same command would delete another one.

    Args:
        deleted: the runs of the experiment that were deleted, but are still there.

    Raises:
        Refused: there is none.
        StoreFailed: the store does not answer.
    """
    # A server keeps what is deleted: there a sweep whose run is deleted has gone as far as it can.
    gone = deleted if can_collect(store) else []
    sweeps = [*(run for run in gone if run.kind == Kind.SWEEP), *store.of_kind(Kind.SWEEP)]
    begun = [
        run
        for run in sweeps
        if DELETING in run.tags and name in ("latest", run.id, run.name, run.tags.get(SWEEP))
    ]
    return begun[-1] if begun else find_sweep(store, name)
