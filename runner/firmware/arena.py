"""Say how much memory firmware sets aside for TFLite Micro."""

_LEAST, _SHARE, _ALIGNMENT = 2048, 4, 16


def arena_to_reserve(measured: float) -> int:
    """Return the measured arena and a quarter of it, at least 2 KiB, in whole 16 bytes.

    Kernels made for a chip, as those of CMSIS-NN, want scratch buffers that the portable kernels,
    which were measured, do without: for a convolution, a few columns of its patches in int16.
    What a 32-bit chip saves on pointers comes on top.

    Args:
        measured: bytes of TFLite Micro's arena on a 64-bit machine.
    """
    bytes_ = int(measured) + max(_LEAST, int(measured) // _SHARE)
    return -(-bytes_ // _ALIGNMENT) * _ALIGNMENT
