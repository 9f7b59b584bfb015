"""Arrays of the cache are mapped, and made anew where they are not as they were written."""

import hashlib
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from runner.errors import Refused
from runner.files import array_folder


def _obtain(root: Path, made: list[Path]) -> array_folder.ArrayFolder:
    def make(folder: Path) -> Mapping[str, object]:
        made.append(folder)
        np.save(folder / "images.npy", np.arange(24, dtype=np.uint8).reshape(4, 6))
        np.save(folder / "none.npy", np.empty((0, 6), np.uint8))
        return {"classes": ["a"]}

    return array_folder.obtain(root, root / "datasets" / "all", make)


def test_arrays_are_made_once_and_mapped(tmp_path: Path) -> None:
    made: list[Path] = []
    for _ in range(2):
        found = _obtain(tmp_path / "cache", made)
        assert found.arrays["images"].tolist()[3][5] == 23
        assert found.arrays["none"].shape == (0, 6)
        assert isinstance(found.arrays["images"].base, np.memmap)
        assert not found.arrays["images"].flags.writeable
        assert found.notes == {"classes": ["a"]}
    assert len(made) == 1
    folder = tmp_path / "cache" / "datasets" / "all"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("harm", ["poison", "cut", "remove", "no index", "wrong index", "no list"])
def test_what_is_not_as_it_was_written_is_made_anew(
    tmp_path: Path, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    made: list[Path] = []
    _obtain(tmp_path, made)
    folder = tmp_path / "datasets" / "all"
    images, index = folder / "images.npy", folder / "index.json"
    if harm == "poison":
        content = bytearray(images.read_bytes())
        content[-1] ^= 1
        images.write_bytes(content)
    elif harm == "cut":
        images.write_bytes(images.read_bytes()[:-1])
    elif harm == "remove":
        images.unlink()
    else:
        texts = {"no index": "", "wrong index": '{"digests": {"images": 1}}', "no list": "[]"}
        index.write_text(texts[harm])
    assert _obtain(tmp_path, made).arrays["images"].sum() == np.arange(24).sum()
    assert len(made) == 2
    assert "made anew" in caplog.text


def test_what_was_digested_is_not_read_again_unless_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    _obtain(tmp_path, made)
    images = tmp_path / "datasets" / "all" / "images.npy"
    _wait_for_the_clock(images)
    _obtain(tmp_path, made)
    with monkeypatch.context() as patch:
        patch.setattr(hashlib, "file_digest", _fail)
        _obtain(tmp_path, made)
        # The same size and time, and other bytes.
        before = images.stat()
        content = bytearray(images.read_bytes())
        content[-1] ^= 1
        images.write_bytes(content)
        os.utime(images, ns=(before.st_atime_ns, before.st_mtime_ns))
        with pytest.raises(AssertionError, match="read again"):
            _obtain(tmp_path, made)
    assert _obtain(tmp_path, made).arrays["images"].sum() == np.arange(24).sum()
    assert len(made) == 2


def test_a_text_that_follows_is_computed_once(tmp_path: Path) -> None:
    made: list[Path] = []
    texts = _obtain(tmp_path, made).texts
    assert texts.obtain(b"key", lambda: "first") == "first"
    assert _obtain(tmp_path, made).texts.obtain(b"key", lambda: "second") == "first"
    assert texts.obtain(b"other", lambda: "third") == "third"
    kept = [*texts.folder.glob("text-*.json")]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    for path in kept:
        path.write_text(path.read_text().replace("first", "wrong"))
    assert texts.obtain(b"key", lambda: "first") == "first"
    # It goes with the arrays that it followed from.
    (texts.folder / "images.npy").write_bytes(b"")
    assert _obtain(tmp_path, made).texts.obtain(b"key", lambda: "fourth") == "fourth"


def _fail(*_: object) -> None:
    raise AssertionError("read again")


def _wait_for_the_clock(path: Path) -> None:
    while time.time_ns() - path.stat().st_ctime_ns < 200_000_000:
        time.sleep(0.02)


def test_what_is_half_written_is_not_taken(tmp_path: Path) -> None:
    made: list[Path] = []

    def stop(folder: Path) -> Mapping[str, object]:
        (folder / "images.npy").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        array_folder.obtain(tmp_path, tmp_path / "datasets" / "all", stop)
    # As a process that was killed leaves it.
    (tmp_path / "datasets" / ".all").mkdir()
    (tmp_path / "datasets" / ".all" / "other.npy").write_bytes(b"half")
    assert set(_obtain(tmp_path, made).arrays) == {"images", "none"}


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cache" / "datasets").mkdir(0o700, parents=True)
    (tmp_path / "cache").chmod(0o700)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache" / "datasets" / "all").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="is a link"):
        _obtain(tmp_path / "cache", [])
