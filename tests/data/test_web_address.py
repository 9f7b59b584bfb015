"""Fetch data sets from web servers that really listen, encrypted and not."""

import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import aiohttp.client
import pytest
from fsspec.implementations.http import HTTPFileSystem

from runner.data.dataset import load
from runner.data.fetch_faults import reason
from runner.data.remote import fetch
from runner.errors import Refused
from runner.settings import DatasetSettings
from runner.tracking.inputs import data_digest
from tests.helpers.file_server import FileServer, make_certificate, serving
from tests.helpers.forking import trap
from tests.helpers.project import Command
from tests.helpers.stores import runs_in, store_in

_AGAIN = "once it can be reached, type the same command again"


@pytest.fixture
def server(npz: Path) -> Iterator[FileServer]:
    HTTPFileSystem.clear_instance_cache()
    with serving(FileServer()) as server:
        server.files["/a.npz"] = npz.read_bytes()
        yield server


def _settings(path: str) -> DatasetSettings:
    return DatasetSettings.model_validate({"name": "npz", "path": path})


def _refusal(address: str, cache: Path) -> str:
    with pytest.raises(Refused) as refusal:
        fetch(address, cache)
    text = str(refusal.value)
    assert text.startswith(f"dataset.path={address}: ")
    assert "\n" not in text
    assert not [path for path in cache.rglob("*") if path.name in ("file", "index.json")]
    return text.removeprefix(f"dataset.path={address}: ")


def test_a_file_is_fetched_once_and_again_when_it_changes_there(
    server: FileServer, npz: Path, tmp_path: Path
) -> None:
    settings = _settings(server.address("/a.npz"))
    first, second = (load(settings, tmp_path / "cache") for _ in range(2))
    assert first.digest == second.digest == load(_settings(str(npz)), tmp_path / "cache").digest
    assert server.asked.count("GET /a.npz") == 1
    server.files["/a.npz"] += b"more"
    assert fetch(server.address("/a.npz"), tmp_path / "cache").read_bytes().endswith(b"more")


def test_a_file_that_is_as_large_but_newer_is_fetched(server: FileServer, tmp_path: Path) -> None:
    for content, day in ((b"older", 5), (b"newer", 6)):
        server.files["/b.npz"] = content
        server.last_modified = f"Mon, {day:02} Jan 2026 01:02:03 GMT"
        assert fetch(server.address("/b.npz"), tmp_path).read_bytes() == content


def test_a_server_that_gives_no_parts_of_files_gives_large_ones(
    server: FileServer, tmp_path: Path
) -> None:
    server.files["/large.npz"] = bytes(12_000_000)
    assert fetch(server.address("/large.npz"), tmp_path).stat().st_size == 12_000_000


def test_a_file_may_take_as_long_as_it_comes(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = aiohttp.client.ClientTimeout(total=0.05)
    monkeypatch.setattr(aiohttp.client, "DEFAULT_TIMEOUT", soon)
    server.takes = 0.2
    assert fetch(server.address("/a.npz"), tmp_path).is_file()


def test_a_login_comes_from_netrc(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.login = "Basic YW5uOnNlY3JldA=="
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    text = _refusal(server.address("/a.npz"), tmp_path / "cache")
    assert text.startswith("cannot be read with this login, or without one (401 Unauthorized); ")
    assert text.endswith("logins come from ~/.netrc, or the file that NETRC names")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ann password secret\n")
    assert fetch(server.address("/a.npz"), tmp_path / "cache").is_file()


def test_a_proxy_comes_from_the_environment(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "http://data.invalid/a.npz"
    server.files[address] = b"by the proxy"
    monkeypatch.setenv("http_proxy", server.address())
    assert fetch(address, tmp_path).read_bytes() == b"by the proxy"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "there is no such file"),
        (410, "there is no such file"),
        (400, "cannot be fetched (400 Bad Request)"),
        (503, f"cannot be fetched (503 Service Unavailable); {_AGAIN}"),
    ],
)
def test_what_a_server_answers_is_said(
    server: FileServer, status: int, said: str, tmp_path: Path
) -> None:
    server.refused["/b.npz"] = status
    assert _refusal(server.address("/b.npz"), tmp_path) == said


def test_the_signature_of_an_address_that_it_leads_to_is_not_said(
    server: FileServer, tmp_path: Path
) -> None:
    server.moved["/a.npz"] = server.address("/signed.npz?X-Amz-Signature=s3cr3t")
    assert "s3cr3t" not in _refusal(server.address("/a.npz"), tmp_path)
    server.moved["/b.npz"] = "https://ann:s3cr3t@127.0.0.1:1/b.npz?X-Amz-Signature=s3cr3t"
    assert "s3cr3t" not in _refusal(server.address("/b.npz"), tmp_path)


def test_a_link_that_is_cut_is_said(server: FileServer, tmp_path: Path) -> None:
    server.hangs_up_after = 100
    text = _refusal(server.address("/a.npz"), tmp_path)
    assert text.startswith("cannot be fetched (")
    assert "100 of" in text
    assert text.endswith(_AGAIN)
    server.hangs_up_after = None
    assert fetch(server.address("/a.npz"), tmp_path).is_file()


def test_a_server_that_does_not_listen_is_said(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/a.npz"
        text = _refusal(address, tmp_path)
    assert "Cannot connect to host 127.0.0.1" in text
    assert text.endswith(_AGAIN)


def test_a_certificate_counts_only_where_its_authority_is_trusted(
    server: FileServer, light_command: Command, tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    server.encrypt(certificate, key)
    light = trap(tmp_path, "tensorflow", "tf_keras", "mlflow")
    address = server.address("/a.npz")
    settings = ["dataset=npz", f"dataset.path={address}"]
    done = light_command(*settings, env=light)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"runner: dataset.path={address}: cannot be fetched (")
    assert done.stderr.endswith("; SSL_CERT_FILE=FILE names an authority to trust\n")
    assert done.stderr.count("\n") == 1
    assert server.asked == []
    # What is refused next lies behind the data.
    trusted = {**light, "SSL_CERT_FILE": str(certificate)}
    done = light_command(*settings, "dataset.limit=2", env=trusted)
    assert done.returncode == 2
    assert done.stderr.startswith("runner: dataset.limit=2: ")
    assert server.asked.count("GET /a.npz") == 1
    assert not list((tmp_path / "trap").glob("*/imported"))


def test_a_disk_that_is_full_is_no_fault_of_the_server(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Refused, match=r"^cache.folder=.*: cannot keep http.*No space left"):
            fetch(server.address("/a.npz"), tmp_path)
    assert fetch(server.address("/a.npz"), tmp_path).is_file()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://[host/a.npz", "https://***"),
        ("https://ann:p/w@host/a.npz", "https://***"),
        ("https://ann\uff1apw@host/a.npz", "https://***"),
        ("gcs://bucket/a.npz", "gcs://***"),
    ],
)
def test_an_address_that_cannot_be_read_is_refused_without_its_login(
    light_command: Command, typed: str, shown: str
) -> None:
    done = light_command("dataset=npz", f"dataset.path={typed}")
    assert (done.returncode, done.stdout) == (2, "")
    # The command line has hidden all of what begins as nothing that is known.
    seen = "***" if typed.startswith("gcs") else shown
    assert done.stderr.startswith(f"runner: dataset.path={seen}: an address must ")
    assert done.stderr.count("\n") == 1
    with pytest.raises(Refused) as refusal:
        _settings(typed)
    assert str(refusal.value).startswith(f"dataset.path={shown}: an address must ")


class _Answered(Exception):
    """What botocore raises, as far as the reason is taken from it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"An error occurred ({status})")
        self.response = {"ResponseMetadata": {"HTTPStatusCode": status}}


class NoCredentialsError(Exception):
    """Of the name that botocore's has."""


def test_what_s3_answers_is_said() -> None:
    # Its client wraps what botocore raises.
    absent, locked = FileNotFoundError("b/a.npz"), PermissionError("Forbidden")
    absent.__cause__, locked.__cause__ = _Answered(404), _Answered(403)
    assert reason("s3", absent) == "there is no such file"
    assert "AWS_ACCESS_KEY_ID" in reason("s3", locked)
    assert "AWS_ACCESS_KEY_ID" in reason("s3", NoCredentialsError("Unable to locate credentials"))
    assert "AWS_CA_BUNDLE=FILE" in reason("s3", OSError("CERTIFICATE_VERIFY_FAILED"))
    assert "GOOGLE_APPLICATION_CREDENTIALS" in reason("gs", OSError("Forbidden: https://a/b"))


@pytest.mark.long
def test_a_sweep_fetches_its_data_once_and_each_run_names_the_address(
    server: FileServer, fresh_command: Command, tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    server.encrypt(certificate, key)
    address = server.address("/a.npz")
    shortly = ["architecture=lenet_300_100", "export.targets=[h5]", "schedule.epochs=1"]
    grid = [*shortly, "baseline.epochs=1", "schedule.final_sparsity=0.5,0.6"]
    trusted = {"SSL_CERT_FILE": str(certificate)}
    done = fresh_command("-m", "dataset=npz", f"dataset.path={address}", *grid, env=trusted)
    assert done.returncode == 0, done.stderr
    assert server.asked.count("GET /a.npz") == 1
    points = runs_in(tmp_path, "point")
    assert [point.params["dataset.path"] for point in points] == [address] * 2
    assert {data_digest(store_in(tmp_path), point) for point in points} != {""}
