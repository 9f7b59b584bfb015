"""Find the classes of a folder of images, and the folders that part it for training and testing."""

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.data.image_folder.listing import SUFFIXES, Listing
from runner.errors import Refused

# The images of each class by its name, in the order of the names, which numbers the classes.
Classes = dict[str, list[str]]

# What people call the folders of the parts.
_PARTS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}
_NAMES = "train, val and test"


@dataclass(frozen=True)
class Layout:
    """Hold the images of each class.

    Attributes:
        parts: `train`, and where they have folders of their own `validation` and `test`; all images
            are in `train` where there are no such folders.
        parted: whether there are such folders.
    """

    parts: Mapping[str, Classes]
    parted: bool

    @property
    def classes(self) -> list[str]:
        """The names of the classes, in their order."""
        return list(self.parts["train"])

    @property
    def images(self) -> int:
        """How many images there are."""
        return sum(map(_count, self.parts.values()))

    @property
    def in_words(self) -> str:
        """Say how many images and classes there are, as in `30 images of 3 classes`."""
        text = f"{self.images:,} images of {len(self.classes)} classes"
        if not self.parted:
            return text
        return (
            f"{text} ({', '.join(f'{part} {_count(self.parts[part]):,}' for part in self.parts)})"
        )


def layout(root: Path, listing: Listing) -> Layout:
    """Look at the folders of a folder.

    Raises:
        Refused: they are not laid out as they must be.
        OSError: one cannot be looked at.
    """
    folders = {Path(path).name: path for path in listing.folders(listing.root)}
    parts: dict[str, str] = {}
    for name in folders:
        part = _PARTS.get(name.lower())
        if part and part in parts:
            raise Refused(f"dataset.path={root}: has {parts[part]} and {name}; one must do")
        if part:
            parts[part] = name
    if not any(listing.folders(folders[name], count=False) for name in parts.values()):
        return Layout({"train": _classes(root, "", listing, listing.root)}, parted=False)
    if "train" not in parts or len(parts) != len(folders):
        raise Refused(
            f"dataset.path={root}: has the folders {_first_names(folders)}; must have one for each "
            f"class, or just {_NAMES}, of which only train must be there, each with one for each "
            "class"
        )
    order = [part for part in ("train", "validation", "test") if part in parts]
    found: dict[str, Classes] = {
        part: _classes(root, f"{parts[part]} ", listing, folders[parts[part]]) for part in order
    }
    for part in order[1:]:
        _refuse_different_classes(root, found, part)
    return Layout(found, parted=True)


def _classes(root: Path, part: str, listing: Listing, folder: str) -> Classes:
    whole = folder == listing.root
    subject = f"dataset.path={root}: {part}"
    folders = listing.folders(folder, count=not whole)
    classes = {Path(path).name: listing.images(path) for path in folders}
    also = f"; {listing.ignored_in_words}" if listing.ignored else ""
    if len(classes) < 2:
        raise Refused(
            f"{subject}has class folders: {_first_names(classes) or 'none'}; at least 2 are "
            f"needed, each with the images of one class{also}"
        )
    for name, images in classes.items():
        if not images:
            raise Refused(
                f"{subject}has no images in the class folder {name}; "
                f"their names must end in {', '.join(SUFFIXES)}{also}"
            )
    return classes


def _refuse_different_classes(root: Path, found: Mapping[str, Classes], part: str) -> None:
    if unmatched := sorted(found["train"].keys() ^ found[part].keys()):
        raise Refused(
            f"dataset.path={root}: train and {part} must have the same classes; "
            f"only one of them has {_first_names(unmatched)}"
        )


def _first_names(names: Collection[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(itertools.islice(names, 5)) + more


def _count(classes: Classes) -> int:
    return sum(map(len, classes.values()))
