"""Find the arrays of data sets in the cache that only the runs of one sweep were made with."""

from collections.abc import Iterable
from pathlib import Path

from runner.files.derived_text import DerivedTexts
from runner.nightly.cleanup.arrays import arrays_in, caches_of
from runner.tracking import Record, Store


def free_arrays(store: Store, own: Iterable[Record], leaving: Iterable[Record]) -> list[Path]:
    """Return the folders of arrays that these points were made with, and no other run of the store.

    Args:
        own: the points.
        leaving: all runs that go with them.

    Raises:
        StoreFailed: the store does not answer.
    """
    ids = {run.id for run in leaving}
    experiments = [
        experiment.experiment_id for experiment in store.connection.all_pages("search_experiments")
    ]

    def users(digest: str) -> set[str]:
        same = f"dataset.digest = '{digest}'"
        # One more than those that go is another one.
        found = store.connection.search_runs(
            experiments, filter_string=same, max_results=len(ids) + 1
        )
        return {run.info.run_id for run in found}

    def is_free(cache: Path, folder: Path) -> bool:
        found = set[str]().union(*map(users, DerivedTexts(cache, folder).kept))
        return bool(found) and found <= ids

    caches = caches_of(own)
    return [folder for cache in caches for folder in arrays_in(cache) if is_free(cache, folder)]
