"""List the images of a folder, and count by kind what is none."""

import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

# What Pillow reads, of what cameras, scanners and the web make.
SUFFIXES = (*(".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"),)
# What systems put beside people's files: macOS, Windows, and network drives.
_OF_SYSTEMS = {
    *("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "@eadir"),
    *("system volume information",),
}
_KINDS = (
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)
_OUTSIDE = "link out of the folder"
# Kinds that are named in a line.
_NAMED = 8


@dataclass(frozen=True)
class Listing:
    """Look at a folder, following no link that leads out of it.

    Attributes:
        root: the folder, without links on the way to it.
        ignored: how many files and folders were left out, by kind.
    """

    root: str
    ignored: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, root: Path) -> "Listing":
        """Begin to look at a folder."""
        return cls(os.path.realpath(root))

    def folders(self, folder: str, count: bool = True) -> list[str]:
        """Return the paths of the folders in a folder that may be classes, in their order.

        Args:
            count: whether all else in there is counted as ignored.
        """
        found, ignored = [], Counter[str]()
        for entry in _entries(folder):
            if is_hidden(entry.name):
                ignored["hidden"] += 1
            elif not entry.is_symlink() and entry.is_dir():
                found.append(entry.path)
            else:
                ignored[self._kind(entry) or "image beside the folders of the classes"] += 1
        if count:
            self.ignored.update(ignored)
        return found

    def images(self, folder: str) -> list[str]:
        """Return the paths of all images in a folder and the folders in it, in their order."""
        # Paths are strings, because tens of thousands of Path objects take a second to sort.
        found: list[str] = []
        waiting = [folder]
        while waiting:
            for entry in _entries(waiting.pop()):
                if is_hidden(entry.name):
                    self.ignored["hidden"] += 1
                elif entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif kind := self._kind(entry):
                    self.ignored[kind] += 1
                else:
                    found.append(entry.path)
        return sorted(found)

    @property
    def ignored_in_words(self) -> str:
        """What was left out, as in `ignored: .txt (2), pipe (1)`; empty for nothing."""
        kinds = sorted(self.ignored.items(), key=lambda kind: (-kind[1], kind[0]))
        more = f" and {len(kinds) - _NAMED} more kinds" if len(kinds) > _NAMED else ""
        named = ", ".join(f"{kind} ({number})" for kind, number in kinds[:_NAMED])
        return f"ignored: {named}{more}" if kinds else ""

    def _kind(self, entry: "os.DirEntry[str]") -> str | None:
        """Say what a file is that is no image; None for an image. Nothing is opened."""
        try:
            if entry.is_symlink():
                target = os.path.realpath(entry.path)
                if not target.startswith(f"{self.root}{os.sep}"):
                    return _OUTSIDE
            mode = entry.stat().st_mode
        except OSError:
            return "broken link"
        if stat.S_ISDIR(mode):
            return "link to a folder"
        for is_one, kind in _KINDS:
            if is_one(mode):
                return kind
        suffix = Path(entry.name).suffix.lower()
        return None if suffix in SUFFIXES else suffix or "without ending"


def is_hidden(name: str) -> bool:
    """Tell whether a file or folder is hidden, or one that a system has put there."""
    return name.startswith(".") or name.lower() in _OF_SYSTEMS


def _entries(folder: str) -> "list[os.DirEntry[str]]":
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)
