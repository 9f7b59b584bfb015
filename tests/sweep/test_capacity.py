"""How many workers run at once."""

import logging
import os

import joblib
import pytest

from runner.sweep.launchers.local import capacity
from runner.sweep.launchers.local.capacity import Capacity


def test_workers_are_as_many_as_cores_and_threads_allow() -> None:
    assert 1 <= Capacity(1).workers <= (os.cpu_count() or 1)
    assert Capacity(1000).workers == 1


def test_the_number_of_workers_follows_the_memory_that_they_take(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(joblib, "cpu_count", lambda: 8)
    monkeypatch.setattr(capacity, "free_bytes", lambda: 6e9)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    local = Capacity(1)
    assert local.workers == 4, "nobody knows yet what they take"
    for taken, expected in ((0, 4), (400_000_000, 8), (2_000_000_000, 2), (10**9, 2), (10**11, 1)):
        local.note(taken)
        assert local.workers == expected
    line = "2 at once from now on, not 8: a worker took 2.0 GB, and 6.0 GB are free"
    assert line in caplog.messages
