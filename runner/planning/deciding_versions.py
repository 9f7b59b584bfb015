"""Tell which versions of what decides figures are installed here."""

import platform
from importlib.metadata import PackageNotFoundError, version

from runner.planning.fingerprint import DECIDING


def deciding_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages; empty for one that is not installed."""
    return {"Python": platform.python_version(), **{name: _installed(name) for name in DECIDING}}


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
