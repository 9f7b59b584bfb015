"""Bring an image to the size that all images of a data set have."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from runner.settings.dataset import Resize

Pixels = NDArray[np.float32]

# Of red, green and blue, as `tf.image.rgb_to_grayscale` takes them.
_GRAY = (0.2989, 0.587, 0.114)


def resized(image: Image.Image, size: tuple[int, int], color: str, way: Resize) -> NDArray[Any]:
    """Return pixels, uint8 of shape (H, W, 3) or (H, W, 1).

    Args:
        image: in colours of 8 bits.
        size: height and width.
        color: rgb or grayscale.
        way: `stretch` takes all of the image whatever its shape, `crop` the largest part of the
            wanted shape from its middle, `pad` all of it between black borders.
    """
    pixels = _WAYS[way](image, *size)
    if color == "grayscale":
        red, green, blue = (np.float32(weight) for weight in _GRAY)
        gray = pixels[..., 0] * red + pixels[..., 1] * green + pixels[..., 2] * blue
        pixels = gray[..., np.newaxis]
    return np.rint(pixels).astype(np.uint8)


def _stretch(image: Image.Image, height: int, width: int) -> Pixels:
    """Interpolate between the four nearest pixels, without antialiasing.

    The same numbers, bit for bit, as `tf.image.resize` gives, and so Keras' reader of folders.
    """
    pixels = np.asarray(image)
    above, below, down = _neighbours(image.height, height)
    left, right, along = _neighbours(image.width, width)
    down, along = down[:, np.newaxis, np.newaxis], along[:, np.newaxis]
    rows = [
        _between(pixels[each][:, left], pixels[each][:, right], along) for each in (above, below)
    ]
    return _between(rows[0], rows[1], down)


def _neighbours(length: int, wanted: int) -> tuple[NDArray[Any], NDArray[Any], Pixels]:
    """Return, for each wanted place, the pixel before and after it, and how far it lies between."""
    half, scale = np.float32(0.5), np.float32(length) / np.float32(wanted)
    places = (np.arange(wanted, dtype=np.float32) + half) * scale - half
    before = np.floor(places)
    first = np.maximum(before.astype(np.int64), 0)
    second = np.minimum(np.ceil(places).astype(np.int64), length - 1)
    return first, second, places - before


def _between(first: NDArray[Any], second: NDArray[Any], share: Pixels) -> Pixels:
    start = first.astype(np.float32)
    return start + (second.astype(np.float32) - start) * share


def _crop(image: Image.Image, height: int, width: int) -> Pixels:
    return np.asarray(ImageOps.fit(image, (width, height), Image.Resampling.BILINEAR), np.float32)


def _pad(image: Image.Image, height: int, width: int) -> Pixels:
    return np.asarray(ImageOps.pad(image, (width, height), Image.Resampling.BILINEAR), np.float32)


# Those of Pillow take all pixels into account that a smaller one stands for.
_WAYS: dict[Resize, Callable[[Image.Image, int, int], Pixels]] = {
    "stretch": _stretch,
    "crop": _crop,
    "pad": _pad,
}
