"""Keep, in the cache, how much memory workers took for a model and its data."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from runner.files import private_folder
from runner.planning.fingerprint import code_digest, versions
from runner.planning.request import content
from runner.settings import Settings

# What decides the memory besides: the other settings of these groups say for how long, or when.
_WHOLE = ("architecture", "dataset", "augment", "export", "measure", "device", "devices", "threads")
_PARTS = {
    "baseline": {"batch_size"},
    "schedule": {"batch_size", "distill"},
    "compress": {"name", "batch_size"},
    "channels": {"batch_size"},
}


class KeptMemory:
    """What was kept of the models and data of some points."""

    def __init__(self, points: Sequence[Settings]) -> None:
        """Find it; points with the same model and data share it."""
        self._files = {_file(point): point.cache.folder for point in points}
        kept = [_read(root, path) for path, root in self._files.items()]
        # The most that any of them takes; 0 where one is not known.
        self.most = max(kept) if kept and all(kept) else 0

    def note(self, most: int) -> None:
        """Keep the bytes that a worker took at most, for all of these points."""
        for path, root in self._files.items():
            if most > _read(root, path):
                _write(root, path, most)


def _file(settings: Settings) -> Path:
    facts = settings.model_dump(mode="json", include={**dict.fromkeys(_WHOLE, True), **_PARTS})
    made_of = [content(settings.architecture), settings.channels.removes, versions(settings)]
    text = json.dumps([facts, *made_of, code_digest()], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return settings.cache.folder / "memory" / f"{digest}.json"


def _read(root: Path, path: Path) -> int:
    """Return the bytes; 0 where nothing is kept, or nothing that can be read."""
    try:
        with private_folder.open_own(root, path) as file:
            return int(json.load(file)["bytes"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _write(root: Path, path: Path, most: int) -> None:
    private_folder.make(root, path.parent.name)
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(json.dumps({"bytes": most}), encoding="utf-8")
    private_folder.close_to_others(unfinished)
    unfinished.replace(path)
