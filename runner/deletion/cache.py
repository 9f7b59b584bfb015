"""Find and remove what only one sweep has in the cache."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from runner.nightly.cleanup.arrays import caches_of, remove_arrays
from runner.settings import Settings
from runner.settings.cache_paths import (
    baseline_folder,
    baseline_lock,
    store_digest,
    unlogged_folder,
)
from runner.settings.groups import CacheSettings, TrackingSettings
from runner.tracking import Record, Store
from runner.tracking.removal import folders_in, remove_folders
from runner.tracking.tags import SIGNATURE


@dataclass(frozen=True)
class Cache:
    """Trained baselines, and results that no store took, of points that no other run stands for.

    `baselines` are given with the settings and the signature that their lock is named by; `arrays`
    are the folders of data sets that no other run was made with.
    """

    baselines: tuple[tuple[Settings, str], ...] = ()
    unlogged: tuple[Path, ...] = ()
    arrays: tuple[Path, ...] = ()

    @classmethod
    def of(
        cls,
        store: Store,
        own: Sequence[Record],
        others: Sequence[Record],
        arrays: Iterable[Path] = (),
    ) -> "Cache":
        """Find what is there of these points, and of none of the others.

        Raises:
            StoreFailed: the store does not answer.
        """
        places = [_settings(store, folder) for folder in caches_of(own)]
        signatures = _only(own, others, lambda run: run.tags.get(SIGNATURE, ""))
        free = [signature for signature in signatures if not _elsewhere(store, signature)]
        points = _only(own, others, lambda run: run.fingerprint)
        return cls(
            tuple(
                (settings, signature)
                for settings in places
                for signature in free
                if _is_of_one_store(settings, signature)
            ),
            tuple(path for settings in places for path in _unlogged(settings, points)),
            tuple(arrays),
        )

    @property
    def folders(self) -> list[Path]:
        """All folders that go."""
        baselines = (baseline_folder(*baseline) for baseline in self.baselines)
        return [*baselines, *self.unlogged, *self.arrays]

    def remove(self) -> None:
        """Remove all of it, but for what somebody uses at this moment.

        Raises:
            StoreFailed: a folder cannot be removed.
        """
        for settings, signature in self.baselines:
            folder = baseline_folder(settings, signature)
            try:
                with baseline_lock(settings, signature).acquire(timeout=0):
                    remove_folders(folder.parent, [folder.name])
            except Timeout:
                continue
        for folder in self.unlogged:
            remove_folders(folder.parent, [folder.name])
        remove_arrays(self.arrays)


def _settings(store: Store, folder: Path) -> Settings:
    """Return settings that lead to this cache, and are told apart by this store."""
    return Settings(
        cache=CacheSettings(folder=folder),
        tracking=TrackingSettings(uri=store.uri, experiment=store.experiment),
    )


def _only(
    own: Iterable[Record], others: Iterable[Record], key: Callable[[Record], str]
) -> list[str]:
    """Return the keys that these runs have and no other one has."""
    return sorted({key(run) for run in own} - {key(run) for run in others} - {""})


def _elsewhere(store: Store, signature: str) -> bool:
    """Tell whether another experiment of the store has runs of this baseline."""
    experiments = store.connection.all_pages("search_experiments")
    others = [
        each.experiment_id for each in experiments if each.experiment_id != store.experiment_id
    ]
    if not others:
        return False
    same = f"tags.`{SIGNATURE}` = '{signature}'"
    found = store.connection.search_runs(others, filter_string=same, max_results=1)
    return bool(found)


def _is_of_one_store(settings: Settings, signature: str) -> bool:
    """Tell whether a baseline is there, and has figures of this store alone."""
    folder = baseline_folder(settings, signature)
    ending = f".{store_digest(settings)}.json"
    there = folders_in(folder.parent, [folder.name])
    return bool(there) and all(
        path.name.endswith(ending) for path in folder.glob("reference.*.json")
    )


def _unlogged(settings: Settings, fingerprints: Iterable[str]) -> Iterator[Path]:
    """Yield what is kept of these points for this store, what was set aside too."""
    for fingerprint in fingerprints:
        folder = unlogged_folder(settings, fingerprint)
        for path in sorted(folder.parent.glob(f"{folder.name}*")):
            yield from folders_in(path.parent, [path.name])
