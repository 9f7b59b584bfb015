"""The name of a function goes in; a digest of its source, or what it returns, comes out."""

import functools
import hashlib
import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra.utils import to_absolute_path

from runner.models.errors import Unfit, short
from runner.models.source_files import source_files

_TARGET = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*)")


def source_digest(target: str) -> str:
    """Identify the code of a function, without running any of it.

    It is that of its module or top-level package, and of what is imported from beside it.

    Raises:
        Unfit: it is no name of a function, or there is no such module.
    """
    module, _ = _parsed(target)
    return _digest(module, _working_folder())


# Each point of a sweep asks, and all of them are to run the same code.
@functools.cache
def _digest(module: str, folder: Path) -> str:
    with _working_folder_importable(folder):
        files, root = source_files(module)
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(root).as_posix()}\0".encode() + file.read_bytes())
    return total.hexdigest()


def call(target: str, shape: tuple[int, int, int], classes: int) -> Any:
    """Import a function and call it with an input shape (H, W, C) and a number of classes.

    Raises:
        Unfit: there is no such function, or it raises.
    """
    module, name = _parsed(target)
    with _working_folder_importable(_working_folder()):
        function = _imported(module, name)
        try:
            return function(shape, classes)
        except (Exception, SystemExit) as error:
            raise Unfit(f"{name}({shape}, {classes}) raised {short(error)}") from None


def _parsed(target: str) -> tuple[str, str]:
    found = _TARGET.fullmatch(target)
    if not found:
        raise Unfit("must be the name of a function, as in package.module:function")
    return found[1], found[2]


def _imported(module: str, name: str) -> Any:
    try:
        imported = importlib.import_module(module)
    except (Exception, SystemExit) as error:
        raise Unfit(f"importing {module} raised {short(error)}") from None
    function = getattr(imported, name, None)
    if function is None:
        own = [each for each in vars(imported) if callable(vars(imported)[each]) and each[0] != "_"]
        raise Unfit(f"{module} has no {name}; it has {', '.join(own) or 'no function'}")
    if not callable(function):
        raise Unfit(f"{name} is a {type(function).__name__}: must be a function")
    return function


def _working_folder() -> Path:
    """Return the folder that the command was typed in, also where Hydra works in another one."""
    return Path(to_absolute_path("."))


@contextmanager
def _working_folder_importable(folder: Path) -> Iterator[None]:
    """Find modules in the working folder first, as `python -m` does and a script does not."""
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
