"""Identify a user's function by its source, and call it to build a model."""

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
from runner.models.source_files import code, is_installed, source_files

_TARGET = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*)")


def source_digest(target: str) -> str:
    """Return the SHA-256 of the code of a function, without running any of it.

    The code is that of its module or top-level package, and of the modules that these import from
    the same folder.

    Args:
        target: name of the function, as `package.module:function`.

    Raises:
        Unfit: this is not the name of a function, or there is no such module.
    """
    module, _ = _parse(target)
    return _digest(module, _working_folder())


def modules(target: str) -> set[Path]:
    """Return the modules and packages of the user's own that a function needs to be imported.

    Raises:
        Unfit: this is not the name of a function, or there is no such module.
    """
    module, _ = _parse(target)
    with _working_folder_importable(_working_folder()):
        files, root = source_files(module)
    return (
        set() if is_installed(root) else {root / file.relative_to(root).parts[0] for file in files}
    )


# Each point of a sweep needs the digest, and all points must run the same code.
@functools.cache
def _digest(module: str, folder: Path) -> str:
    with _working_folder_importable(folder):
        files, root = source_files(module)
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(root).as_posix()}\0".encode() + code(file))
    return total.hexdigest()


def call(target: str, shape: tuple[int, ...], classes: int) -> Any:
    """Import a function and call it to build a model.

    Args:
        target: name of the function, as `package.module:function`.
        shape: shape of one image: height, width, channels.
        classes: number of classes of the labels.

    Raises:
        Unfit: there is no such function, or it raises.
    """
    module, name = _parse(target)
    folder = _working_folder()
    with _working_folder_importable(folder):
        function = _import_function(module, name)
        # What was identified must be what has been imported.
        if _digest.__wrapped__(module, folder) != _digest(module, folder):
            raise Unfit("its code is another than it was when this command looked at it first")
        try:
            return function(shape, classes)
        except (Exception, SystemExit) as error:
            raise Unfit(f"{name}({shape}, {classes}) raised {short(error)}") from None


def _parse(target: str) -> tuple[str, str]:
    match = _TARGET.fullmatch(target)
    if not match:
        raise Unfit("must be the name of a function, as in package.module:function")
    return match[1], match[2]


def _import_function(module: str, name: str) -> Any:
    try:
        imported = importlib.import_module(module)
    except (Exception, SystemExit) as error:
        raise Unfit(f"importing {module} raised {short(error)}") from None
    function = getattr(imported, name, None)
    if function is None:
        public = [key for key, value in vars(imported).items() if callable(value) and key[0] != "_"]
        raise Unfit(f"{module} has no {name}; it has {', '.join(public) or 'no function'}")
    if not callable(function):
        raise Unfit(f"{name} is a {type(function).__name__}: must be a function")
    return function


def _working_folder() -> Path:
    """Return the folder in which the command was typed, even if Hydra has changed the folder."""
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
