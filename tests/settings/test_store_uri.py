from pathlib import Path

import pytest

from runner.errors import Refused
from runner.settings.address_mask import masked
from runner.settings.store_uri import resolve


def test_the_default_is_mlflows_own_file_here(tmp_path: Path) -> None:
    assert resolve(None) == f"sqlite:///{tmp_path}/mlflow.db"


def test_a_relative_file_becomes_absolute(tmp_path: Path) -> None:
    assert resolve("sqlite:///a/b.db") == f"sqlite:///{tmp_path}/a/b.db"


def test_the_environment_is_the_default_and_a_setting_overrides_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tracking:5000")
    assert resolve(None) == "http://tracking:5000"
    assert resolve("sqlite:////x.db") == "sqlite:////x.db"


@pytest.mark.parametrize("uri", ["mlruns", "file:./mlruns", "sqlite:///", "ftp://x"])
def test_other_stores_are_refused(uri: str) -> None:
    with pytest.raises(Refused, match=r"tracking\.uri=.*: must be sqlite:///FILE"):
        resolve(uri)


def test_passwords_are_hidden() -> None:
    assert masked("postgresql://me:secret@db/x") == "postgresql://me:***@db/x"
    assert masked("sqlite:////x.db") == "sqlite:////x.db"


def test_a_store_from_the_environment_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "./mlruns")
    with pytest.raises(Refused, match=r"MLFLOW_TRACKING_URI=\./mlruns: must be"):
        resolve(None)


@pytest.mark.parametrize("address", ["http://me:S3cr3t@host/x", "postgresql://me:S3/cr3t@host/x"])
def test_an_address_as_it_is_shown_means_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    assert resolve(masked(address)) == address
    assert resolve(None) == address


@pytest.mark.parametrize("shown", ["http://me:***@host/x", "postgresql://***", "***"])
def test_stars_that_stand_for_nothing_known_are_refused(
    monkeypatch: pytest.MonkeyPatch, shown: str
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:S3cr3t@other/x")
    with pytest.raises(Refused) as refusal:
        resolve(shown)
    assert str(refusal.value) == (
        f"tracking.uri={shown}: the stars stand for a secret; set MLFLOW_TRACKING_URI to the whole "
        "address"
    )


def test_a_refusal_shows_no_secret() -> None:
    with pytest.raises(Refused, match=r"^tracking\.uri=ftp://me:\*\*\*@host: must be sqlite"):
        resolve("ftp://me:S3cr3t@host")
    with pytest.raises(Refused, match=r"^tracking\.uri=\*\*\*: must be sqlite"):
        resolve("me:S3cr3t@host:99999x")
