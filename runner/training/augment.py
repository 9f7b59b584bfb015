"""Move training images by whole pixels."""

from typing import Any

from runner.backend import tf


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
