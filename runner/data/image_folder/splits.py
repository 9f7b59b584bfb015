"""Divide the images of a folder into those for training, for validation and for the test."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from runner.data.image_folder.layout import Classes, Layout
from runner.errors import Refused

# Pairs of an image and the number of its class.
Rows = list[tuple[str, int]]


def split(root: Path, layout: Layout, test_share: float) -> dict[str, Rows]:
    """Take the parts that have folders of their own; set others aside for the test.

    Args:
        test_share: share of each class for the test, where there is no folder for it.

    Returns:
        The images of `train`, `test`, and of `validation` where it has a folder; each in an order
        of which any stretch holds the classes in the same proportions.

    Raises:
        Refused: a class has too few images.
    """
    generator = np.random.default_rng(0)
    parts = {part: list(classes.values()) for part, classes in layout.parts.items()}
    if "test" not in parts:
        train = layout.parts["train"]
        parts["train"], parts["test"] = _set_aside(root, train, test_share, generator)
    order = [part for part in ("train", "test", "validation") if part in parts]
    return {part: _interleave(parts[part], generator) for part in order}


def _set_aside(
    root: Path, classes: Classes, share: float, generator: np.random.Generator
) -> tuple[list[list[str]], list[list[str]]]:
    """Set a share of each class aside for the test, and at least one image of it."""
    train, test = [], []
    for name, images in classes.items():
        if len(images) < 2:
            raise Refused(
                f"dataset.path={root}: the class folder {name} has one image; at least 2 are "
                "needed, one of them for the test"
            )
        test_size = min(max(round(len(images) * share), 1), len(images) - 1)
        shuffled = [images[index] for index in generator.permutation(len(images))]
        test.append(shuffled[:test_size])
        train.append(shuffled[test_size:])
    return train, test


def _interleave(classes: Sequence[Sequence[str]], generator: np.random.Generator) -> Rows:
    """Shuffle such that any stretch holds the classes in the same proportions.

    The tail of the training images becomes the validation images, and chance alone could leave a
    small class out of it.
    """
    positions = [
        (generator.permutation(len(images)) + generator.random(len(images))) / len(images)
        for images in classes
    ]
    labelled = [(image, label) for label, images in enumerate(classes) for image in images]
    return [labelled[index] for index in np.argsort(np.concatenate(positions), kind="stable")]
