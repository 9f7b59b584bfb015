import itertools
from urllib.parse import quote

import pytest

from runner.settings.address_mask import holds_secret, is_masked, masked

SCHEMES = ("http", "https", "postgresql", "mysql+pymysql", "mssql+pyodbc", "databricks", "nothing")
SECRETS = (
    "S3cr3t",
    "S3cr3t/x",
    "x/S3cr3t",
    "12/S3cr3t",
    "12#S3cr3t",
    "12?S3cr3t",
    "S3cr3t#x",
    "a@S3cr3t",
    "S3cr3t@b",
    "S3cr3t?x=y",
    "a b S3cr3t",
    "S3cr3t:x",
    "[S3cr3t",
    "S3cr3t]",
    "S3cr3t\\x",
    "a\tS3cr3t",
    "S3cr3t\nx",
    "é S3cr3t",
    "S3cr3t%zz",
    "'S3cr3t",
    '"S3cr3t',
)
# {} is where the secret stands.
SHAPES = (
    "{scheme}://me:{}@host/x",
    "{scheme}://me:{}@host:5432/x",
    "{scheme}://me:{}@host:port/x",
    "{scheme}://me:{}@host:99999/x",
    "{scheme}://me:{}@[::1]/x",
    "{scheme}://me:{}@[::1/x",
    "{scheme}://me:{}@::1]/x",
    "{scheme}://me:{}@/x",
    "{scheme}://me:{}",
    "{scheme}://{}@host",
    "{scheme}://{}:@host",
    "{scheme}://:{}@host",
    "{scheme}://{}:x-oauth-basic@host",
    "{scheme}://host/x?password={}",
    "{scheme}://host/x?charset=utf8&token={}",
    "{scheme}://host/x?charset=utf8;password={}",
    "{scheme}:///?odbc_connect=DRIVER%3Da%3BPWD%3D{}",
    "{scheme}://host/x?{}",
    "{scheme}://host/x?{}=",
    "{scheme}://host/x#{}",
    "{scheme}://host/x#/?token={}",
    "{scheme}:/me:{}@host",
    "{scheme}:me:{}@host",
    "me:{}@host/x",
    " {scheme}://me:{}@host/x",
)


def _means_something_else(shape: str, secret: str) -> bool:
    """Tell whether the secret then is, by every rule, a host, a path after a port, or a user."""
    if shape.startswith("{scheme}://{}"):
        return ":" in secret
    return shape == "{scheme}://me:{}" and ("@" in secret or secret.startswith("12/"))


def test_no_secret_is_shown_wherever_it_stands_and_whatever_it_holds() -> None:
    tried = 0
    for scheme, shape, secret in itertools.product(SCHEMES, SHAPES, SECRETS):
        if _means_something_else(shape, secret):
            continue
        for written in (secret, quote(secret, safe="")):
            address = shape.format(written, scheme=scheme)
            shown = masked(address)
            assert "S3cr3t" not in shown, address
            assert masked(shown) == shown, address
            assert holds_secret(address), address
            tried += 1
    assert tried > 5000


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me:secret@db/x", "postgresql://me:***@db/x"),
        ("https://TOKEN@host:443/x", "https://***@host:443/x"),
        ("https://TOKEN:@host", "https://***@host"),
        ("mysql+pymysql://me:a%2Fb@db/x?charset=utf8mb4", "mysql+pymysql://me:***@db/x?charset=utf8mb4"),
        ("mssql+pyodbc://me:p@db/x?driver=ODBC+Driver+18+for+SQL+Server&PWD=q",
         "mssql+pyodbc://me:***@db/x?driver=ODBC+Driver+18+for+SQL+Server&PWD=***"),
        ("postgresql:///x?host=/run&password=p", "postgresql:///x?host=***&password=***"),
        ("http://me:p@[::1]:5000/", "http://me:***@[::1]:5000/"),
        ("http://host/#token", "http://host/#***"),
        ("postgresql://me:pa/ss@host/db", "postgresql://***"),
        ("nothing://me:pa/ss@host/db", "***"),
    ],
)  # fmt: skip
def test_the_rest_of_an_address_is_shown(address: str, shown: str) -> None:
    assert masked(address) == shown
    assert is_masked(shown)
    assert not is_masked(address)


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////srv/a b/c@d#e?f.db",
        "http://localhost:5000",
        "https://mlflow.example.com/team/x",
        "http://[::1]:5000",
        "postgresql:///x",
        "databricks",
        "databricks://profile",
        "mysql://db/x?charset=utf8mb4",
        "./mlruns",
        "file:./mlruns",
        "ftp://x",
        "sqlite:/x.db",
        "localhost:5000",
        "",
    ],
)
def test_what_holds_no_secret_stays_as_it_is(address: str) -> None:
    assert masked(address) == address
    assert not holds_secret(address)
    assert not is_masked(address)
