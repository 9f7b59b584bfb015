"""Keep texts that follow from the files of a folder of the cache, beside these files."""

import hashlib
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runner.files import private_folder

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DerivedTexts:
    """Keep texts in a folder below the root of a cache, whose files never change.

    Attributes:
        root: the cache.
        folder: goes with all its texts when a file in it is not as it was written.
    """

    root: Path
    folder: Path

    def obtain(self, key: bytes, compute: Callable[[], str]) -> str:
        """Return the text of a key, which is computed where there is none.

        Args:
            key: all that the text follows from, besides the files.
            compute: makes the text.

        Raises:
            Refused: what is in the cache is not its user's alone.
        """
        path = self.folder / f"text-{hashlib.sha256(key).hexdigest()[:16]}.json"
        text = self._read(path)
        if text is None:
            text = compute()
            self._write(path, text)
        return text

    @property
    def kept(self) -> set[str]:
        """All texts that are kept.

        Raises:
            Refused: what is in the cache is not its user's alone.
        """
        texts = map(self._read, self.folder.glob("text-*.json"))
        return {text for text in texts if text is not None}

    def _read(self, path: Path) -> str | None:
        """Return what is kept; None where there is nothing, or not what was written."""
        try:
            with private_folder.open_own(self.root, path) as file:
                kept = json.load(file)
            text = str(kept["text"])
            return text if kept["digest"] == _digest(path, text) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, path: Path, text: str) -> None:
        content = json.dumps({"text": text, "digest": _digest(path, text)})
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_text(content, encoding="utf-8")
            private_folder.close_to_others(unfinished)
            unfinished.replace(path)
        except OSError as error:
            # It is computed again the next time.
            log.info("%s: cannot be kept (%s)", path, error.strerror or error)


def _digest(path: Path, text: str) -> str:
    return hashlib.sha256(f"{path.name} {text}".encode()).hexdigest()
