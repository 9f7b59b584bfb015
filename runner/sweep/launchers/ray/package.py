"""Lay this package out as its wheel does, with what a user's own model is made of beside it."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from runner.models.user_function import modules
from runner.settings import Settings
from runner.settings.paths import CONF, SWEEPS

_PACKAGE = Path(__file__).parents[3]


def lay_out(folder: Path, points: Iterable[Settings]) -> list[str]:
    """Copy what other machines need of the code into a folder, and return what they import.

    Ray identifies it by its content, and hands it to each machine once. No package is built:
    installing a wheel there would need pip, and the network for what the wheel depends on.

    Args:
        points: settings of points, which may name functions of the user's.
    """
    package = folder / "runner"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_PACKAGE, package, ignore=ignored)
    for part in (CONF, SWEEPS):
        shutil.copytree(part, package / part.name, ignore=ignored, dirs_exist_ok=True)
    targets = {point.architecture.target for point in points if point.architecture.target}
    own = {str(path) for target in targets for path in modules(target)}
    return [str(package), *sorted(own)]
