"""Describe the images that a run is made with as MLflow's data set."""

import numpy as np
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.numpy_dataset import from_numpy

from runner.data.dataset import Dataset
from runner.escaping.terminal import encodable


def data_set(data: Dataset) -> dict[str, str]:
    """Return the shapes of all splits, with the digest and the source of the images."""
    splits = {"train": data.train, "validation": data.validation, "test": data.test}
    dataset = from_numpy(
        # MLflow notes only their shapes and types; all of them may be more than the memory holds.
        {name: np.broadcast_to(np.float32(), split.images.shape) for name, split in splits.items()},
        CodeDatasetSource(tags={"runner.source": encodable(data.source)}),
        {name: split.labels for name, split in splits.items()},
        name=data.name,
        digest=data.digest,
    )
    described: dict[str, str] = dataset.to_dict()
    return described
