"""Vary training images, outside of the model."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.backend import keras, tf
from runner.data.scale import Scale
from runner.settings import AugmentSettings

_FLIPS = {"both": "horizontal_and_vertical"}
# Of layers that draw from a seed, which `draw` replaces.
_SEEDED = {"seed": 0}
_BLACK = {"fill_mode": "constant", "fill_value": 0.0, **_SEEDED}
_RANGE = (0.0, 255.0)


class Augmentation:
    """Move, mirror, rotate, zoom, brighten and darken images, each by itself and at random.

    All but the moves are done by Keras' own preprocessing layers, on pixels from 0 to 255 whatever
    the model takes for them. RandomContrast draws once a batch.
    """

    def __init__(self, settings: AugmentSettings, scale: Scale) -> None:
        """Make the layers.

        Args:
            scale: how the images came from pixels.
        """
        self._shift, self._black = settings.shift, scale.black
        self._mean, self._std = (np.asarray(part, np.float32) for part in (scale.mean, scale.std))
        self._layers = _layers(settings)
        for layer in self._layers:
            layer.build(None)

    def draw(self, images: int) -> NDArray[np.int32]:
        """Draw anew for an epoch, from NumPy's generator alone.

        So an epoch depends on the seed and on the epochs before it, and on nothing that the layers
        have drawn for another model.

        Returns:
            The moves of each image, to the left and upwards; shape (N, 2), or (0, 2) for none.
        """
        shifts = np.zeros((0, 2), np.int32)
        if self._shift:
            shifts = np.random.randint(-self._shift, self._shift + 1, (images, 2), np.int32)
        for layer in self._layers:
            layer._random_generator._generator.reset_from_seed(np.random.randint(2**31))
        return shifts

    def apply(self, images: Any, shifts: Any) -> Any:
        """Return images of a batch as others, float32, shape (N, H, W, C).

        Args:
            shifts: their moves, if they have any.
        """
        if self._shift:
            images = shift_images(images, shifts, self._black)
        if self._layers:
            pixels = images * self._std + self._mean
            for layer in self._layers:
                pixels = layer(pixels, training=True)
            images = (pixels - self._mean) / self._std
        return images


def _layers(settings: AugmentSettings) -> list[Any]:
    layers, made = keras.layers, []
    if settings.flip:
        made.append(
            layers.RandomFlip(_FLIPS.get(settings.flip, settings.flip), name="flip", **_SEEDED)
        )
    if settings.rotation:
        made.append(layers.RandomRotation(settings.rotation, **_BLACK, name="rotation"))
    if settings.zoom:
        made.append(layers.RandomZoom(settings.zoom, **_BLACK, name="zoom"))
    if settings.contrast:
        made.append(layers.RandomContrast(settings.contrast, name="contrast", **_SEEDED))
    if settings.brightness:
        made.append(
            layers.RandomBrightness(settings.brightness, _RANGE, name="brightness", **_SEEDED)
        )
    return made


def shift_images(images: Any, shifts: Any, black: Any = 0.0) -> Any:
    """Move each image by whole pixels, and fill the border with black.

    Args:
        images: float32, shape (N, H, W, C).
        shifts: int32, shape (N, 2): pixels to the left and pixels upwards.
        black: what a black pixel is, one number or one a channel.

    Returns:
        The moved images, float32, shape (N, H, W, C).
    """
    number = tf.shape(images)[0]
    one, zero = tf.ones([number]), tf.zeros([number])
    left, up = tf.unstack(tf.cast(shifts, tf.float32), axis=1)
    # The operation fills all channels with one number.
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=images - black,
        transforms=tf.stack([one, zero, left, zero, one, up, zero, zero], axis=1),
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="NEAREST",
        fill_mode="CONSTANT",
    )
    return moved + black
