"""Fetch data sets from what speaks as Google's storage does."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import fsspec
import pytest

from runner.data.dataset import load
from runner.data.remote import fetch
from runner.errors import Refused
from runner.settings import DatasetSettings
from tests.helpers.file_server import FileServer, serving
from tests.helpers.forking import trap
from tests.helpers.google_storage import TOKEN, google_storage, write_account
from tests.helpers.project import Command
from tests.helpers.tiny import write_npz


@pytest.fixture
def storage(npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Run a storage with one object, which this process finds without a login."""
    fsspec.get_filesystem_class("gs").clear_instance_cache()
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with serving(google_storage()) as storage:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage.address())
        storage.files["bucket/a b.npz"] = npz.read_bytes()
        yield storage


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be waited for between the attempts of Google's client."""

    async def at_once(_: float) -> None:
        pass

    monkeypatch.setattr("gcsfs.retry.asyncio", SimpleNamespace(sleep=at_once))


def _refusal(address: str, cache: Path) -> str:
    with pytest.raises(Refused) as refusal:
        fetch(address, cache)
    assert "\n" not in str(refusal.value)
    return str(refusal.value).removeprefix(f"dataset.path={address}: ")


def _times(storage: FileServer) -> int:
    return sum("alt=media" in asked for asked in storage.asked)


def test_an_object_is_fetched_once_and_again_when_it_changes_there(
    storage: FileServer, npz: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    there, here = (
        DatasetSettings.model_validate({"name": "npz", "path": path})
        for path in ("gs://bucket/a b.npz", str(npz))
    )
    first, second = load(there, cache), load(there, cache)
    assert first.digest == second.digest == load(here, cache).digest
    assert _times(storage) == 1
    other = write_npz(tmp_path / "other.npz", images=60).read_bytes()
    storage.files["bucket/a b.npz"] = other
    assert fetch("gs://bucket/a b.npz", cache).read_bytes() == other


def test_a_large_object_comes_in_few_parts(storage: FileServer, tmp_path: Path) -> None:
    storage.files["bucket/large.npz"] = bytes(12_000_000)
    assert fetch("gs://bucket/large.npz", tmp_path).stat().st_size == 12_000_000
    assert _times(storage) <= 3


def test_a_login_comes_from_the_environment(
    storage: FileServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    storage.login = f"Bearer {TOKEN}"
    text = _refusal("gs://bucket/a b.npz", tmp_path / "cache")
    assert text.startswith("cannot be read with this login, or without one (HttpError: Anonymous ")
    assert "GOOGLE_APPLICATION_CREDENTIALS=FILE" in text
    assert caplog.text == ""
    fsspec.get_filesystem_class("gs").clear_instance_cache()
    account = write_account(tmp_path / "account.json", storage)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(account))
    assert fetch("gs://bucket/a b.npz", tmp_path / "cache").is_file()
    assert storage.asked.count("POST /token") == 1


def test_what_is_not_there_is_said(storage: FileServer, tmp_path: Path) -> None:
    assert storage.files
    assert _refusal("gs://bucket/gone.npz", tmp_path) == "there is no such file"
    assert _refusal("gs://nowhere/a.npz", tmp_path) == "there is no such file"
    assert _refusal("gs://bucket", tmp_path) == "must be a file"


@pytest.mark.usefixtures("impatient")
def test_a_link_that_is_cut_is_tried_again_and_then_said(
    storage: FileServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    storage.hangs_up_after = 100
    text = _refusal("gs://bucket/a b.npz", tmp_path / "cache")
    assert "100 of" in text
    assert text.endswith("once it can be reached, type the same command again")
    assert caplog.text == ""
    assert _times(storage) > 1
    storage.hangs_up_after = None
    assert fetch("gs://bucket/a b.npz", tmp_path / "cache").is_file()


@pytest.mark.usefixtures("impatient")
def test_a_storage_that_does_not_listen_is_said(
    storage: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert storage.files
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")
    text = _refusal("gs://bucket/a b.npz", tmp_path)
    assert "Cannot connect to host 127.0.0.1:1" in text
    assert text.endswith("once it can be reached, type the same command again")


def test_a_command_says_in_one_line_that_a_login_is_missing(
    storage: FileServer, light_command: Command, tmp_path: Path
) -> None:
    storage.login = f"Bearer {TOKEN}"
    light = trap(tmp_path, "tensorflow", "tf_keras", "mlflow")
    done = light_command("dataset=npz", "dataset.path=gs://bucket/a.npz", env=light)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("runner: dataset.path=gs://bucket/a.npz: cannot be read with ")
    assert done.stderr.count("\n") == 1
    assert not list((tmp_path / "trap").glob("*/imported"))
