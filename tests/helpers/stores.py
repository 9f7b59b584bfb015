"""Read the store that a command left in a folder."""

from pathlib import Path

from runner.tracking import Record, Store


def store_in(folder: Path) -> Store:
    """Open the store that the command line left in a folder."""
    return Store(f"sqlite:///{folder}/mlflow.db", "sparsity")


def runs_in(folder: Path, kind: str) -> list[Record]:
    """Find the runs of one kind there."""
    return store_in(folder).find(f"tags.`runner.kind` = '{kind}'")


def figures_in(folder: Path, kind: str) -> dict[str, dict[str, float]]:
    """Read what runs of one kind came out as, by name; how long they took is another matter."""
    return {
        run.name: {
            name: value
            for name, value in sorted(run.metrics.items())
            if not name.startswith("seconds/")
        }
        for run in sorted(runs_in(folder, kind), key=lambda run: run.name)
    }


def file_of(folder: Path, run: Record, artifact: str) -> Path:
    """Find an artifact of a run there."""
    return Path(store_in(folder).local_file(run, artifact))
