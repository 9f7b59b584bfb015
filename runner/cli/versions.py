"""Name the version of the runner, and those of the packages that decide what it does."""

from importlib.metadata import PackageNotFoundError, version

from runner import __version__

_NAME = "pruning-sweep-runner"
_PACKAGES = ("tensorflow", "tensorflow-model-optimization", "mlflow", "hydra-core", "numpy")


def version_lines() -> list[str]:
    """Return a line for each; none of the packages is imported."""
    named = {package: _installed(package) for package in _PACKAGES}
    return [f"{_NAME} {__version__}", *(f"{name} {number}" for name, number in named.items())]


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        # To choose and report files, not all of them are needed.
        return "not installed"
