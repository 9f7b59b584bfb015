"""Divide the images of a data set into those to train on, to validate on, and to test."""

import math
from collections.abc import Mapping

from runner.data.arrays import Arrays
from runner.data.classes import Labels
from runner.data.images import Images
from runner.data.part import limited_rows, training_rows
from runner.data.scale import Scale
from runner.data.split import Split
from runner.errors import Refused
from runner.settings import DatasetSettings


def divide(
    settings: DatasetSettings, arrays: Arrays, labels: Mapping[str, Labels], scale: Scale
) -> tuple[dict[str, Split], str]:
    """Return `train`, `validation` and `test`, and a text that tells divisions of arrays apart.

    Validation images are the tail of the training images, where they have no array of their own.

    Args:
        labels: of each array of images, whole numbers from 0.

    Raises:
        ImpossiblePoint: there are not as many images as asked for.
        Refused: a split is empty.
    """
    images = {part: Images.of(getattr(arrays, f"x_{part}"), scale) for part in labels}
    splits = {part: Split(images[part], labels[part]) for part in labels}
    splits, limited = _limited(settings, splits)
    if "validation" not in splits:
        size = _train_size(len(splits["train"].labels), settings.validation_share)
        splits["validation"] = splits["train"].part(slice(size, None))
        splits["train"] = splits["train"].part(slice(size))
    size = len(splits["train"].labels)
    splits["train"], fewer = _fewer(settings, splits["train"])
    return splits, f"{size} {scale} {arrays.classes}{limited}{fewer}"


def _limited(settings: DatasetSettings, splits: dict[str, Split]) -> tuple[dict[str, Split], str]:
    """Take at most `dataset.limit` images, and say what identifies them."""
    total = sum(len(split.labels) for split in splits.values())
    if settings.limit is None or settings.limit >= total:
        return splits, ""
    rows = limited_rows(settings, {part: split.labels for part, split in splits.items()})
    taken = {part: split.part(rows[part]) for part, split in splits.items()}
    return taken, f" limit={settings.limit} seed={settings.seed}"


def _fewer(settings: DatasetSettings, train: Split) -> tuple[Split, str]:
    """Take `dataset.train_images` of the training images, and say what identifies them."""
    number = settings.train_images
    if number is None:
        return train, ""
    rows = training_rows(settings, train.labels, number)
    return train.part(rows), f" train_images={number} seed={settings.seed}"


def _train_size(images: int, validation_share: float) -> int:
    """Count the training images before those for validation, which are the tail of them."""
    size = math.floor(images * (1 - validation_share))
    if size in (0, images):
        raise Refused(
            f"dataset.validation_share={validation_share}: leaves one split empty "
            f"of {images} training images"
        )
    return size
