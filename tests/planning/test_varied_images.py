"""What images must be to vary them."""

from pathlib import Path

import numpy as np
import pytest

from runner.errors import ImpossiblePoint
from runner.planning.preflight import check
from runner.settings import AugmentSettings, CacheSettings, DatasetSettings, Settings


@pytest.mark.parametrize(
    ("shape", "augment", "line"),
    [
        ((8,), {"flip": "both"}, "augment.flip=both: must be null for data of the shape (8,)"),
        ((8,), {"zoom": 0.1}, "augment.zoom=0.1: must be 0.0 for data of the shape (8,)"),
        ((8,), {"shift": 1}, "augment.shift=1: must be 0 for data of the shape (8,)"),
        ((8, 6, 1), {"shift": 6}, "augment.shift=6: must be less than the side of an image; these"),
    ],
)
def test_only_images_can_vary(
    tmp_path: Path, shape: tuple[int, ...], augment: dict[str, object], line: str
) -> None:
    labels, path = np.arange(20) % 2, tmp_path / "own.npz"
    images = np.ones((20, *shape), np.float32)
    np.savez(path, x_train=images, x_test=images, y_train=labels, y_test=labels)
    settings = Settings(
        dataset=DatasetSettings(name="npz", path=path, scale="as_is"),
        augment=AugmentSettings.model_validate(augment),
        cache=CacheSettings(folder=tmp_path / "cache"),
    )
    with pytest.raises(ImpossiblePoint) as refusal:
        check(settings)
    assert line in str(refusal.value)
