"""Train strided convolutions of one pixel with a stride of one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runner.backend import Conv, tf


@contextmanager
def unit_strides() -> Iterator[None]:
    """Let convolutions of one pixel pick their inputs, instead of striding over them.

    Both compute the same. But on processors with AVX-512, the oneDNN of TensorFlow 2.21 writes
    beyond its memory where it computes the gradient of such a kernel with a stride and few
    channels, as from 60x60x8 to 30x30x16: the process crashes, or goes on with wrong numbers.
    """
    striding = Conv.convolution_op

    def convolution_op(self: Any, inputs: Any, kernel: Any) -> Any:
        if not _picks_pixels(self):
            return striding(self, inputs, kernel)
        pixels = _pick(inputs, self.strides, self.data_format)
        form = {"padding": "VALID", "data_format": self._tf_data_format}
        return tf.nn.convolution(pixels, kernel, **form)

    Conv.convolution_op = convolution_op
    try:
        yield
    finally:
        Conv.convolution_op = striding


def _picks_pixels(layer: Any) -> bool:
    return set(layer.kernel_size) == {1} and set(layer.strides) != {1}


def _pick(inputs: Any, strides: tuple[int, ...], data_format: str) -> Any:
    """Take every nth pixel, from the first on; the batch may have more than one dimension."""
    steps = [slice(None, None, stride) for stride in strides]
    last = [slice(None)] if data_format == "channels_last" else []
    return inputs[(..., *steps, *last)]
