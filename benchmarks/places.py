"""A folder goes in; settings that keep all that a sweep writes in it, and its store, come out."""

from pathlib import Path

from runner.tracking import Store


def within(folder: Path) -> list[str]:
    """Return the settings by which a sweep writes nothing outside of the folder."""
    return [
        f"tracking.uri={_database(folder)}",
        f"cache.folder={folder}/cache",
        f"hydra.sweep.dir={folder}/out",
    ]


def store_in(folder: Path, experiment: str = "sparsity") -> Store:
    """Return the store that such a sweep writes to."""
    return Store(_database(folder), experiment)


def _database(folder: Path) -> str:
    return f"sqlite:///{folder}/mlflow.db"
