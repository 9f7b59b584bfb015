"""Settings go in; where things that outlive a run are kept comes out."""

from pathlib import Path

from runner.settings import Settings


def baseline_folder(settings: Settings, signature: str) -> Path:
    """Return the folder of a trained baseline; it is there when the baseline is complete."""
    return settings.cache.folder / "baselines" / signature


def reference_file(settings: Settings, signature: str) -> Path:
    """Return the file with the figures that points are compared with, as a store last held them."""
    return baseline_folder(settings, signature) / "reference.json"


def unlogged_file(settings: Settings, fingerprint: str) -> Path:
    """Return the file with the notes of a point that no store took."""
    return settings.cache.folder / "unlogged" / f"{fingerprint}.json"
