"""Settings go in; where things that outlive a run are kept comes out."""

import hashlib
from pathlib import Path

from runner.settings import Settings


def baseline_folder(settings: Settings, signature: str) -> Path:
    """Return the folder of a trained baseline; it is there when the baseline is complete."""
    return settings.cache.folder / "baselines" / signature


def reference_file(settings: Settings, signature: str) -> Path:
    """Return the file with the figures that points are compared with, as a store last held them."""
    return baseline_folder(settings, signature) / f"reference.{_store(settings)}.json"


def unlogged_file(settings: Settings, fingerprint: str) -> Path:
    """Return the file with the notes of a point that no store took."""
    return settings.cache.folder / "unlogged" / f"{fingerprint}.{_store(settings)}.json"


def _store(settings: Settings) -> str:
    """Tell stores, and experiments in them, apart: the ids of runs mean nothing elsewhere."""
    return hashlib.sha256(settings.tracking.model_dump_json().encode()).hexdigest()[:8]
