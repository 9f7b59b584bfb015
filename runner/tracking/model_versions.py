"""Find and delete the versions of registered models that runs became."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from runner.tracking.connection import StoreFailed
from runner.tracking.store import Store
from runner.tracking.tags import BASELINE_RUN_ID


@dataclass(frozen=True)
class Version:
    """A version of a registered model."""

    name: str
    number: str


def registered_runs(store: Store) -> frozenset[str]:
    """Return the ids of all runs that a version of a registered model comes from or needs.

    Raises:
        StoreFailed: the store does not answer.
    """
    ids: set[str] = set()
    for version in store.connection.all_pages("search_model_versions"):
        # One that was registered by its address alone has no run id.
        ids |= set(_ids_in(str(version.source)))
        ids |= {str(version.run_id), version.tags.get(BASELINE_RUN_ID, "")}
    return frozenset(ids - {"", "None"})


def versions_of(store: Store, ids: Collection[str]) -> tuple[Version, ...]:
    """Return the versions of registered models that come from these runs.

    Raises:
        StoreFailed: the store does not answer.
    """
    return tuple(
        Version(str(version.name), str(version.version))
        for version in store.connection.all_pages("search_model_versions")
        if {str(version.run_id), *_ids_in(str(version.source))}.intersection(ids)
    )


def unregister(store: Store, version: Version) -> None:
    """Delete a version of a registered model, and with it its aliases.

    Raises:
        StoreFailed: the store does not answer.
    """
    try:
        store.connection.delete_model_version(version.name, version.number)
    except StoreFailed as failure:
        # An interrupted deletion, or somebody else, got this far already.
        if failure.code != "RESOURCE_DOES_NOT_EXIST":
            raise


def _ids_in(source: str) -> list[str]:
    return re.findall(r"[0-9a-f]{32}", source)
