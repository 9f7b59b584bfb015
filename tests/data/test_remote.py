import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from runner.data.dataset import load
from runner.data.remote import fetch
from runner.errors import Refused
from runner.settings import DatasetSettings
from runner.settings.data_address import SCHEMES
from runner.settings.typed_address import masked_argument
from tests.helpers.project import PROJECT
from tests.helpers.tiny import write_npz


def _settings(path: str) -> DatasetSettings:
    return DatasetSettings.model_validate({"name": "npz", "path": path})


def test_a_file_by_its_address_is_the_same_data_as_by_its_path(npz: Path, tmp_path: Path) -> None:
    here = load(_settings(str(npz)), tmp_path / "cache")
    there = load(_settings(npz.as_uri()), tmp_path / "cache")
    assert there.digest == here.digest
    (fetched,) = (tmp_path / "cache/datasets").glob("remote-*/file")
    assert fetched.read_bytes() == npz.read_bytes()
    assert fetched.stat().st_mode & 0o777 == 0o600


def test_it_is_fetched_once_and_again_when_it_changes_there(tmp_path: Path) -> None:
    address, cache = "memory://bucket/tiny.npz", tmp_path / "cache"
    system = fsspec.filesystem("memory")
    system.pipe("/bucket/tiny.npz", write_npz(tmp_path / "a.npz").read_bytes())
    first = fetch(address, cache)
    before = first.stat()
    assert fetch(address, cache) == first
    assert first.stat() == before
    system.pipe("/bucket/tiny.npz", write_npz(tmp_path / "b.npz", images=60).read_bytes())
    assert fetch(address, cache).read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_what_is_not_as_it_was_fetched_is_fetched_anew(npz: Path, tmp_path: Path) -> None:
    fetched = fetch(npz.as_uri(), tmp_path / "cache")
    fetched.write_bytes(fetched.read_bytes()[:-100])
    assert fetch(npz.as_uri(), tmp_path / "cache").read_bytes() == npz.read_bytes()


class EndsEarly(MemoryFileSystem):
    """A store whose files are longer than what comes of them."""

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        described: dict[str, Any] = super().info(path, **options)
        return {**described, "size": described["size"] + 1}


@pytest.fixture
def ends_early() -> Iterator[None]:
    fsspec.register_implementation("memory", EndsEarly, clobber=True)
    yield
    fsspec.register_implementation("memory", MemoryFileSystem, clobber=True)


@pytest.mark.usefixtures("ends_early")
def test_nothing_is_kept_of_a_file_that_ends_early(tmp_path: Path) -> None:
    MemoryFileSystem().pipe("/bucket/short.npz", b"x" * 1000)
    with pytest.raises(Refused, match=r"cannot be fetched .*after 1,000 of 1,001 bytes"):
        fetch("memory://bucket/short.npz", tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"^dataset\.path=memory://bucket/gone\.npz: there is no"):
        fetch("memory://bucket/gone.npz", tmp_path)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("ftp://host/a.npz", "must begin with one of s3, gs, https"),
        ("https://ann:secret@host/a.npz", "must hold no login"),
        ("https://host/a.npz?signature=secret", "must hold no login"),
        ("s3://bucket/a.npz::file://b", "must be one"),
        ("https://[host/a.npz", "must be one that can be read"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(path: str, reason: str) -> None:
    with pytest.raises(Refused, match=rf"^dataset\.path=\w+://.*: .*{reason}") as refusal:
        _settings(path)
    assert "secret" not in str(refusal.value)


def test_an_address_without_a_login_is_typed_and_shown_as_it_is() -> None:
    for scheme in SCHEMES:
        typed = f"dataset.path={scheme}://place/my.npz"
        assert masked_argument(typed) == (typed, [])
    shown, _ = masked_argument("dataset.path=s3://key:secret@place/my.npz")
    assert "secret" not in shown


def test_a_folder_of_images_has_no_address() -> None:
    with pytest.raises(Refused, match=r"^dataset\.path=s3://b/images: .*a folder of this machine"):
        DatasetSettings.model_validate({"name": "image_folder", "path": "s3://b/images"})


@pytest.mark.parametrize("missing", ["fsspec", "s3fs"])
def test_a_missing_extra_is_refused_with_what_to_install(missing: str, tmp_path: Path) -> None:
    code = (
        f"import sys; sys.modules['{missing}'] = None\n"
        "from pathlib import Path; from runner.data.remote import fetch\n"
        "from runner.errors import Refused\n"
        "try: fetch('s3://bucket/a.npz', Path('cache'))\n"
        "except Refused as refusal: print(refusal)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(PROJECT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("dataset.path=s3://bucket/a.npz: ")
    assert done.stdout.endswith("pip install 'pruning-sweep-runner[remote]'\n")
