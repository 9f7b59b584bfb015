"""A command in a folder that must not be written is refused at once, naming what must lead away."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.forking import ForkingServer


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on a file system that is mounted to be read only."""
    folder = tmp_path_factory.mktemp("closed")
    mount = ["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting needs root: run as root, in a container that may mount")
    yield folder
    # A process that is about to end may still be in it.
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        ([], ["hydra.run.dir=outputs", "cache.folder", "tracking.uri"]),
        (["hydra.run.dir={out}"], ["cache.folder={in}/outputs/cache", "tracking.uri=sqlite:///{in}/mlflow.db"]),
        (["hydra.run.dir={out}", "cache.folder={out}"], ["tracking.uri=sqlite:///{in}/mlflow.db"]),
        (["-m"], ["hydra.sweep.dir=multirun/", "cache.folder=", "tracking.uri=sqlite:///{in}/mlflow.db"]),
        (["-m", "hydra.sweep.dir={out}", "cache.folder={out}"], ["tracking.uri=sqlite:///{in}/mlflow.db"]),
        (["-m", "tracking.uri=http://x", "cache.folder={out}"], ["hydra.sweep.dir=multirun/"]),
    ],
)  # fmt: skip
def test_it_names_what_must_lead_elsewhere(
    arguments: list[str], settings: list[str], closed: Path, light: ForkingServer, tmp_path: Path
) -> None:
    places = {"in": str(closed), "out": str(tmp_path)}
    typed = [argument.format(**places) for argument in arguments]
    done = light.run(typed, closed, dict(os.environ))
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    for setting in settings:
        assert setting.format(**places) in line
    assert "ead-only file system)" in line
    # What leads away already is not named.
    assert str(tmp_path) not in line
