"""Commands that judge nothing do not wait for the libraries of those that do."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.hanging import HANGS_AFTER


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [(["--help"], ["scipy", "mlflow"]), (["status"], ["scipy.stats", "plotly"])],
)
def test_heavy_libraries_are_not_imported(
    arguments: list[str], absent: list[str], tmp_path: Path
) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "runner.nightly", *arguments]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=HANGS_AFTER, check=True
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "runner.nightly.settings" in imported
    assert imported.isdisjoint(absent)
