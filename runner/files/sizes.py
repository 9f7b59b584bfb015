"""Bound what a file may unpack to."""

from runner.files.regular_file import UnfitFile

# In bytes. Weights of 350 million float32 and the state of an optimizer for them are below this.
MOST_UNPACKED = 5_000_000_000
# Up to here a small file may hold any number of zeros.
_ALWAYS = 256_000_000
# Weights that are pruned to nine tenths and compressed become 10 to 20 times smaller.
_TIMES = 100


def require_plausible(unpacked: int, stored: int, what: str) -> None:
    """Require that what a file says it holds can be in it.

    Args:
        unpacked: bytes that the content takes, by what the file says.
        stored: bytes that it takes in the file.
        what: what the content is, as in "weights".

    Raises:
        UnfitFile: it is more than any model has, or far more than so many bytes can hold.
    """
    size = f"says that it holds {megabytes(unpacked)} of {what}"
    if unpacked > MOST_UNPACKED:
        raise UnfitFile(f"{size}: must be at most {megabytes(MOST_UNPACKED)}")
    if unpacked > max(_ALWAYS, _TIMES * stored):
        raise UnfitFile(
            f"{size} in {megabytes(stored)}: must be at most {_TIMES} times as much; save the "
            "model again, with model.save(...)"
        )


def megabytes(size: int) -> str:
    """Write a number of bytes as people read it."""
    return f"{size / 1e6:,.1f} MB" if size < 10**18 else "more than 10^12 MB"
