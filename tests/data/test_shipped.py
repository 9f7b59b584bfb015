"""Data that was shipped to this machine is read in place of a path that it does not have."""

from io import BufferedWriter
from pathlib import Path

import pytest

from runner.data import shipped
from runner.data.dataset import load
from runner.errors import Refused
from runner.nightly.cleanup.arrays import arrays_in
from runner.settings import DatasetSettings
from tests.helpers.composing import point_of

DIGEST = "0123456789abcdef0123"


@pytest.fixture
def content(npz: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(shipped, "_here", {})
    return npz.read_bytes()


def _receive(path: Path, content: bytes, cache: Path) -> list[int]:
    """Receive a file twice; return how many bytes were written each time."""
    sent: list[int] = []

    def write(file: BufferedWriter) -> None:
        sent.append(file.write(content))

    for _ in range(2):
        shipped.receive(path, DIGEST, cache, write)
    return sent


def test_a_file_is_read_under_the_path_it_had_and_is_sent_once(
    content: bytes, npz: Path, tmp_path: Path
) -> None:
    cache, elsewhere = tmp_path / "cache", Path("/of/another/machine.npz")
    settings = DatasetSettings.model_validate({"name": "npz", "path": str(elsewhere)})
    with pytest.raises(Refused, match=r"^dataset\.path=/of/another/machine\.npz: no such file"):
        load(settings, cache)
    assert _receive(elsewhere, content, cache) == [len(content)]
    own = DatasetSettings.model_validate({"name": "npz", "path": str(npz)})
    assert load(settings, cache).digest == load(own, cache).digest


def test_a_known_data_set_needs_no_folder_then(content: bytes, tmp_path: Path) -> None:
    settings = DatasetSettings.model_validate({"name": "mnist", "folder": "/of/another"})
    _receive(Path("/of/another/mnist.npz"), content, tmp_path / "cache")
    assert load(settings, tmp_path / "cache").digest


def test_what_was_shipped_can_be_cleaned_away(content: bytes, tmp_path: Path) -> None:
    _receive(Path("/of/another/machine.npz"), content, tmp_path)
    assert arrays_in(tmp_path) == [tmp_path / f"datasets/shipped-{DIGEST[:16]}"]


def test_a_folder_of_images_is_not_shipped() -> None:
    typed = ("dataset=image_folder", "dataset.path=images", "dataset.ship=true")
    with pytest.raises(Exception, match=r"dataset\.ship=true: dataset=image_folder"):
        point_of(*typed)
