"""Map pixels to the range of numbers that a model takes."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.settings.dataset import ScaleName

# Of pixels from 0 to 255.
_BRIGHTEST = 255.0
# In bytes: the alignment that vector instructions, and so TensorFlow's kernels, require.
ALIGNMENT = 64


@dataclass(frozen=True)
class Scale:
    """An affine map: from each pixel a mean is taken off, and a deviation divides the rest.

    Attributes:
        name: name of the scale in the settings.
        mean: of pixels from 0 to 255, one number for all channels or one for each.
        std: likewise.
        bgr: whether the channels change their order from RGB to BGR, before all else.
    """

    name: ScaleName
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    bgr: bool = False

    @property
    def channels(self) -> int | None:
        """How many channels the images must have; None for any number."""
        return len(self.mean) if len(self.mean) > 1 else None

    @property
    def black(self) -> NDArray[np.float32]:
        """What a black pixel becomes, float32, shape (1,) or (C,); zero for numbers as they are."""
        return np.asarray(
            [-mean / std for mean, std in zip(self.mean, self.std, strict=True)]
        ).astype(np.float32)

    def apply(self, pixels: NDArray[Any]) -> NDArray[np.float32]:
        """Scale images.

        Args:
            pixels: shape (N, ...); integers from 0 to 255, or floats from 0 to 1; for `as_is`, any
                numbers.

        Returns:
            float32 of the same shape, in memory that TensorFlow can use as it is.
        """
        shape, pixels = pixels.shape, self._by_channel(pixels)
        images = empty_aligned(pixels.shape, np.dtype(np.float32))
        unit = 1.0 if pixels.dtype.kind in "ui" or self.name == "as_is" else _BRIGHTEST
        mean, std = (np.asarray(part, np.float64) / unit for part in (self.mean, self.std))
        source = pixels[..., ::-1] if self.bgr else pixels
        if mean.any():
            np.subtract(source, mean.astype(np.float32), out=images, dtype=np.float32)
            source = images
        np.divide(source, std.astype(np.float32), out=images, dtype=np.float32)
        return images.reshape(shape)

    def pixels(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return scaled images to pixels from 0 to 255; `as_is` has nothing to return to."""
        if self.name == "as_is":
            return images
        std, mean = (np.asarray(part, np.float32) for part in (self.std, self.mean))
        pixels = self._by_channel(images) * std + mean
        ordered = np.ascontiguousarray(pixels[..., ::-1] if self.bgr else pixels)
        return ordered.reshape(images.shape)

    def _by_channel(self, images: NDArray[Any]) -> NDArray[Any]:
        """Put the channels last, also where a model takes all values of an image in one row."""
        return images.reshape(-1, self.channels) if self.channels else images


RAW = Scale("0..255")
# Keras calls them tf, torch and caffe (tf_keras/src/applications/imagenet_utils.py).
_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_SCALES = {
    scale.name: scale
    for scale in (
        Scale("0..1", (0.0,), (_BRIGHTEST,)),
        Scale("-1..1", (127.5,), (127.5,)),
        RAW,
        Scale("caffe", (103.939, 116.779, 123.68), (1.0, 1.0, 1.0), bgr=True),
        Scale("as_is"),
    )
}


def scale_of(
    name: ScaleName, mean: tuple[float, ...] | None = None, std: tuple[float, ...] | None = None
) -> Scale:
    """Return a scale by its name in the settings.

    Args:
        mean: for `mean_std`, of pixels from 0 to 1, by channel.
        std: likewise.
    """
    if name == "imagenet":
        mean, std = _IMAGENET_MEAN, _IMAGENET_STD
    if mean is None or std is None:
        return _SCALES[name]
    size = max(len(mean), len(std))
    mean, std = (part * size if len(part) == 1 else part for part in (mean, std))
    return Scale(
        name, tuple(_BRIGHTEST * part for part in mean), tuple(_BRIGHTEST * part for part in std)
    )


def empty_aligned(shape: tuple[int, ...], kind: np.dtype[Any]) -> NDArray[Any]:
    """Allocate at an address that lets TensorFlow use the memory as it is."""
    size = math.prod(shape) * kind.itemsize
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(kind).reshape(shape)
