"""Nothing goes in; the versions of everything that a figure depends on come out."""

import functools
import platform
from importlib.metadata import version

_LIBRARIES = (
    "tensorflow",
    "tf-keras",
    "tensorflow-model-optimization",
    "ai-edge-litert",
    "numpy",
    "mlflow",
    "hydra-core",
)


@functools.cache
def as_text() -> str:
    """Return one text, as in `python 3.12.1, tensorflow 2.21.0`."""
    found = {"python": platform.python_version()}
    found |= {library: version(library) for library in _LIBRARIES}
    return ", ".join(f"{name} {number}" for name, number in found.items())
