"""Draw a part of the images that holds the classes in the same proportions."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from runner.data.classes import Labels
from runner.errors import ImpossiblePoint
from runner.settings import DatasetSettings

Rows = NDArray[np.int64]


def limited_rows(
    settings: DatasetSettings, labels: Mapping[str, Labels]
) -> Mapping[str, NDArray[np.int64]]:
    """Draw at most `dataset.limit` rows, from each part in proportion to its size.

    Args:
        labels: of each part, whole numbers from 0.

    Returns:
        Of each part the rows, in their order.

    Raises:
        ImpossiblePoint: they are fewer than there are classes in all parts.
    """
    sizes = [len(part) for part in labels.values()]
    limit = sum(sizes) if settings.limit is None else min(settings.limit, sum(sizes))
    least = [len(np.unique(part)) for part in labels.values()]
    if limit < sum(least):
        raise ImpossiblePoint(
            f"dataset.limit={settings.limit}: must be at least {sum(least)}, an image of each "
            f"class for each of {', '.join(labels)}"
        )
    numbers = zip(labels, _shares(sizes, limit, least), strict=True)
    return {part: drawn(labels[part], number, settings.seed) for part, number in numbers}


def training_rows(settings: DatasetSettings, labels: Labels, number: int) -> Rows:
    """Draw `dataset.train_images` of the images that are trained on.

    Args:
        labels: of the images, after those for validation were set apart.
        number: how many are wanted.

    Raises:
        ImpossiblePoint: there are not so many, or they are fewer than the classes.
    """
    least, most = len(np.unique(labels)), len(labels)
    if not least <= number <= most:
        raise ImpossiblePoint(
            f"dataset.train_images={number}: must be from {least}, one of each class, to {most:,}, "
            "for so many are left to train on"
        )
    return drawn(labels, number, settings.seed)


def drawn(labels: Labels, number: int, seed: int) -> Rows:
    """Draw rows, at least one of each class; the same for the same seed.

    Each class has its own order, of which the first ones are taken: a larger part holds about all
    of a smaller one.

    Args:
        labels: whole numbers, shape (N,).
        number: how many rows, from the number of classes to N.

    Returns:
        The rows in their order, int64.
    """
    generator = np.random.default_rng(seed)
    classes, counts = np.unique(labels, return_counts=True)
    shares = _shares(counts.tolist(), number, [1] * len(classes))
    orders = [generator.permutation(np.flatnonzero(labels == label)) for label in classes]
    rows = [order[:share] for order, share in zip(orders, shares, strict=True)]
    return np.sort(np.concatenate(rows))


def _shares(sizes: Sequence[int], number: int, least: Sequence[int]) -> list[int]:
    """Divide a number in proportion to sizes, by the largest remainders, each at least so much."""
    exact = np.asarray(sizes) * (number / sum(sizes))
    shares = np.maximum(np.floor(exact).astype(int), least)
    # Most is taken from, or given to, what is farthest from its exact share.
    while (surplus := int(shares.sum()) - number) != 0:
        step = -1 if surplus > 0 else 1
        able = shares > least if surplus > 0 else shares < sizes
        far = np.where(able, step * (exact - shares), -np.inf)
        shares[int(np.argmax(far))] += step
    return [int(share) for share in shares]
