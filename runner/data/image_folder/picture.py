"""Read one image file as pixels, as Pillow reads it."""

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from runner.files.regular_file import open_regular

# None of them can hold a program, as EPS can. MPO, of phones, counts as JPEG.
_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
# The largest cameras make 150 to 200 million.
_MOST_PIXELS = 250_000_000
# Checked here, by what the file says and before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


class Unreadable(ValueError):
    """A file that is no image that can be read; the text says why."""


def picture(path: str) -> Image.Image:
    """Read an image, turned as its EXIF orientation says, with 3 channels of 8 bits.

    Of an animation, and of a file with several pages, the first one is taken; of colours of 16 bits
    the upper 8; what is transparent shows the colour that is stored for it.

    Raises:
        Unreadable: it is damaged, of another format, or vast.
        MemoryError: it does not fit.
    """
    try:
        with warnings.catch_warnings():
            # Of details that do not matter here: they would stand beside the reason of a refusal.
            warnings.simplefilter("ignore")
            with open_regular(path) as file, Image.open(file, formats=_FORMATS) as image:
                _require_moderate(image)
                image.load()
                return _in_colour(_upright(image))
    except (Unreadable, MemoryError):
        raise
    except UnidentifiedImageError:
        raise Unreadable(f"is none of {', '.join(_FORMATS)}") from None
    except Exception as error:
        # For damaged bytes Pillow raises many kinds of errors.
        raise Unreadable(" ".join(str(error).split()) or type(error).__name__) from None


def _require_moderate(image: Image.Image) -> None:
    if math.prod(image.size) > _MOST_PIXELS:
        raise Unreadable(
            f"says that it has {image.width} x {image.height} pixels: must be at most "
            f"{_MOST_PIXELS:,} pixels"
        )


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (SyntaxError, ValueError, OSError, KeyError, TypeError):
        # Damaged notes of the camera, beside pixels that are whole.
        return image


def _in_colour(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        upper: NDArray[Any] = np.asarray(image) >> 8
        image = Image.fromarray(upper.astype(np.uint8))
    if image.mode in ("I", "F"):
        raise Unreadable("has pixels of 32 bits: must be of 8 or 16 bits")
    return image.convert("RGB")
