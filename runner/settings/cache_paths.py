"""Say where things that outlive a run are kept."""

import hashlib
from pathlib import Path

from filelock import FileLock

from runner.files import private_folder
from runner.settings import Settings


def baseline_folder(settings: Settings, signature: str) -> Path:
    """Return the folder of a trained baseline; it is there when the baseline is complete."""
    return settings.cache.folder / "baselines" / signature


def baseline_lock(settings: Settings, signature: str, part: str = "") -> FileLock:
    """Return the lock of who trains or logs this baseline, or only a part of that."""
    root = settings.cache.folder
    name = f"{signature}.{part}.lock" if part else f"{signature}.lock"
    path = private_folder.make(root, "baselines") / name
    private_folder.require(root, path)
    return FileLock(path, mode=0o600)


def reference_file(settings: Settings, signature: str, measuring: str) -> Path:
    """Return the file with the figures that points are compared with, as a store last held them.

    Args:
        measuring: identifies the code that the figures come from.
    """
    folder = baseline_folder(settings, signature)
    return folder / f"reference.{measuring}.{store_digest(settings)}.json"


def answers_file(settings: Settings, signature: str, measuring: str) -> Path:
    """Return the file with the class that the dense model gives to each test image.

    Args:
        measuring: identifies the code that asked it.
    """
    return baseline_folder(settings, signature) / f"answers.{measuring}.npy"


def unlogged_folder(settings: Settings, fingerprint: str) -> Path:
    """Return the folder with the notes and files of a point that no store took."""
    return settings.cache.folder / "unlogged" / f"{fingerprint}.{store_digest(settings)}"


def store_digest(settings: Settings) -> str:
    """Tell stores, and experiments in them, apart: the ids of runs mean nothing elsewhere."""
    store = settings.tracking.model_dump_json(include={"uri", "experiment"})
    return hashlib.sha256(store.encode()).hexdigest()[:8]
