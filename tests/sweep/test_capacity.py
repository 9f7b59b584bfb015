"""How many workers run at once."""

import logging
import os

import joblib
import pytest

from runner.models.sizes import Sizes
from runner.planning import inspection
from runner.sweep.launchers.local import capacity
from runner.sweep.launchers.local.capacity import Capacity
from runner.sweep.launchers.local.expected_memory import expected_bytes
from runner.sweep.launchers.local.kept_memory import KeptMemory
from tests.helpers.project import Configure


def test_workers_are_as_many_as_cores_and_threads_allow() -> None:
    assert 1 <= Capacity(1).workers <= (os.cpu_count() or 1)
    assert Capacity(1000).workers == 1


@pytest.fixture
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of eight cores, with 6 GB of free memory."""
    monkeypatch.setattr(joblib, "cpu_count", lambda: 8)
    monkeypatch.setattr(capacity, "free_bytes", lambda: 6e9)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")


@pytest.mark.usefixtures("eight_cores")
def test_the_number_of_workers_follows_the_memory_that_they_take(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    local = Capacity(1)
    assert local.workers == 4, "nobody knows yet what they take"
    for taken, expected in ((0, 4), (400_000_000, 8), (2_000_000_000, 2), (10**9, 2), (10**11, 1)):
        local.note(taken)
        assert local.workers == expected
    line = "2 at once from now on, not 8: a worker took 2.0 GB, and 6.0 GB are free"
    assert line in caplog.messages


@pytest.mark.usefixtures("eight_cores")
def test_the_first_workers_are_as_many_as_their_expected_memory_allows() -> None:
    assert Capacity(1, seen=1_000_000_000).workers == 4
    local = Capacity(1, expected=1e9)
    assert local.workers == 6
    # A baseline takes less than a point.
    local.note(100_000_000, of_a_point=False)
    assert local.workers == 6
    local.note(2_000_000_000, of_a_point=False)
    assert local.workers == 2
    local.note(500_000_000)
    assert local.workers == 8


def test_what_points_took_is_kept_for_the_next_sweep(settings: Configure) -> None:
    point = settings()
    batch = settings("schedule.batch_size=64")
    longer, wide = settings("schedule.epochs=9", "seed=5"), settings("architecture=resnet_small")
    assert KeptMemory([point]).most == 0
    KeptMemory([point, batch]).note(7)
    # For how long it is trained makes no difference.
    assert KeptMemory([longer, batch]).most == 7
    assert KeptMemory([point, wide]).most == 0
    KeptMemory([point]).note(9)
    KeptMemory([point]).note(8)
    assert (KeptMemory([point]).most, KeptMemory([batch]).most) == (9, 7)
    for file in point.cache.folder.glob("memory/*.json"):
        file.write_text("{")
    assert KeptMemory([point]).most == 0


def test_a_worker_is_expected_to_take_what_its_model_and_batches_do(
    settings: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = expected_bytes([settings()])
    assert 1e9 < small < 1.1e9
    batch = settings("compress=qat", "compress.batch_size=50000")
    assert expected_bytes([batch]) > 1.05 * small
    wide = settings("architecture=resnet_small")
    assert expected_bytes([batch, wide]) == max(map(expected_bytes, ([batch], [wide])))
    own = settings("architecture=callable", "architecture.target=own:network")
    assert expected_bytes([own]) < small
    monkeypatch.setitem(inspection._sizes, own.architecture, Sizes(10**8, 10**6, 10**5))
    assert expected_bytes([own]) > 20e9
