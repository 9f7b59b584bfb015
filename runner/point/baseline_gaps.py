"""Tell which targets the run of a baseline lacks, or has lost the files of."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.settings.targets import Target
from runner.tracking import Record, Store
from runner.tracking.missing_files import missing_files
from runner.tracking.tags import FAILED_TARGETS


@dataclass(frozen=True)
class Gaps:
    """What is gone from a baseline's run.

    Attributes:
        targets: those whose files are gone; where a table is gone, all that have figures in it.
        settings: whether the run may have lost its settings; a server is asked for its models only.
    """

    targets: Sequence[Target]
    settings: bool


def gaps(store: Store, found: Record) -> Gaps:
    """Look which files of the run are gone."""
    gone = missing_files(store, [found]).get(found.id, [])
    tables = any(name.endswith(".csv") for name in gone)
    labels = "models/labels.txt" in gone
    targets = [target for target in Target if found.has_file(target)]
    lost = [target for target in targets if tables or f"models/{target.file_name}" in gone]
    # With any target the labels are written too.
    return Gaps(lost or (targets[:1] if labels else []), bool(gone))


def missing(asked: Sequence[Target], found: Record) -> list[Target]:
    """Return the targets that the run has no figures of, those that failed included."""
    failed = map(Target, found.tags.get(FAILED_TARGETS, "").split())
    wanted = dict.fromkeys((*failed, *asked))
    return [target for target in wanted if not found.has_file(target)]
