"""Weigh images by how rare their class is."""

import numpy as np
from numpy.typing import NDArray


def balanced(labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return a weight for each class, so that all classes count the same and the mean image 1.

    Source: King and Zeng, "Logistic regression in rare events data", 2001, as in scikit-learn.

    Args:
        labels: from 0, shape (N,).

    Returns:
        Shape (K,), for the classes up to the largest label; 0 for a class without an image.
    """
    counts = np.bincount(labels)
    present = np.count_nonzero(counts)
    return (len(labels) / (present * np.maximum(counts, 1)) * (counts > 0)).astype(np.float32)
