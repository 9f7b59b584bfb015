"""Decode images without starting processes, which takes longer than tests of a few images."""

import json
import subprocess
from typing import Any

import pytest

from runner.data.image_folder.decode import _decode, _tasks
from runner.process import isolated


@pytest.fixture
def decoding_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decode in this process."""

    def run(module: str, stdin: str, **_: Any) -> Any:
        faults = [fault for task in _tasks(json.loads(stdin)) for fault in _decode(task)]
        return subprocess.CompletedProcess(module, 0, json.dumps(faults), "")

    monkeypatch.setattr(isolated, "run", run)
