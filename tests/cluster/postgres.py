"""Run PostgreSQL, and MLflow's server on top of it, on a machine of a test."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster.this_machine import Host
from tests.helpers.processes import end_tree

_USER, _PASSWORD, _DATABASE = "sweeps", "not-a-secret", "postgres"
# PostgreSQL refuses to run as root. Its user may then pass the folders above, which are root's.
_ACCOUNT = "postgres"
_AS_ACCOUNT = [
    *("setpriv", f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--clear-groups"),
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
]
# On a busy machine a process of it that does not answer for seconds is not dead.
_PATIENT = ["--uvicorn-opts", "--timeout-worker-healthcheck 120"]
_HEALTHY = """
import sys, time, urllib.request
end = time.monotonic() + 60
while True:
    try:
        urllib.request.urlopen(sys.argv[1] + "/health", timeout=5)
        break
    except OSError:
        if time.monotonic() > end:
            raise
        time.sleep(0.2)
"""


def require_postgres() -> None:
    """Skip the test where PostgreSQL or its driver is missing."""
    if not _programs():
        pytest.skip("needs Debian's package postgresql")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("needs the package psycopg, of the extra postgres")


@dataclass(frozen=True)
class SharedStore:
    """What sweeps of several machines use at once.

    Attributes:
        database: address of the database itself.
        server: address of the tracking server, which hands out files too.
    """

    database: str
    server: str


@contextmanager
def shared_store(
    host: Host, database_port: int, server_port: int, *options: str, **env: str
) -> Iterator[SharedStore]:
    """Run a database and a tracking server at these ports of a machine until the block ends.

    Args:
        options: further ones of the tracking server.
        env: of the tracking server.
    """
    with (
        postgres(host, database_port) as database,
        server(host, server_port, database, *options, **env) as address,
    ):
        yield SharedStore(database, address)


@contextmanager
def postgres(host: Host, port: int) -> Iterator[str]:
    """Run PostgreSQL at a port of a machine until the block ends; yields its address."""
    require_postgres()
    data = _make(host)
    options = ["-h", host.address, "-p", str(port), "-k", "", "-c", "fsync=off"]
    process = host.start([*_account(), _programs()[0] / "postgres", "-D", data, *options], "db.txt")
    try:
        ready = ["pg_isready", "-h", host.address, "-p", str(port), "-t", "30"]
        waited = host.run(["sh", "-c", _until(ready)])
        assert waited.returncode == 0, (host.folder / "db.txt").read_text()
        yield f"postgresql://{_USER}:{_PASSWORD}@{host.address}:{port}/{_DATABASE}"
    finally:
        end_tree(process)


@contextmanager
def server(host: Host, port: int, database: str, *options: str, **env: str) -> Iterator[str]:
    """Run MLflow's server, which hands out files too, until the block ends; yields its address."""
    where = ["--backend-store-uri", database, "--host", host.address, "--port", str(port)]
    files = ["--serve-artifacts", "--artifacts-destination", str(host.folder / "artifacts")]
    command = [sys.executable, "-m", "mlflow", "server", *where, *files, *_PATIENT, *options]
    process = host.start(
        [*command, "--workers", "2"],
        "server.txt",
        **{"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", **env},
    )
    address = f"http://{host.address}:{port}"
    try:
        answer = host.run([sys.executable, "-c", _HEALTHY, address])
        assert answer.returncode == 0, (host.folder / "server.txt").read_text()
        yield address
    finally:
        end_tree(process)


def _programs() -> list[Path]:
    """Return the folders of PostgreSQL's programs, those of the newest version first."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return sorted(found, key=lambda folder: -int(folder.parent.name))


def _account() -> list[str]:
    return _AS_ACCOUNT if os.geteuid() == 0 else []


def _make(host: Host) -> Path:
    """Make an empty database whose users come with a password, from everywhere."""
    data, password = host.folder / "database", host.folder / "password"
    data.mkdir(mode=0o700)
    password.write_text(_PASSWORD)
    if _account():
        shutil.chown(data, _ACCOUNT, _ACCOUNT)
    who = ["-U", _USER, f"--pwfile={password}", "--auth=scram-sha-256"]
    how = ["-E", "UTF8", "--no-locale", "--no-sync"]
    made = host.run([*_account(), _programs()[0] / "initdb", "-D", data, *who, *how])
    assert made.returncode == 0, made.stdout
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all all scram-sha-256\n")
    return data


def _until(command: list[str]) -> str:
    """Return a shell's line that repeats a command for half a minute until it ends well."""
    return f"for try in $(seq 60); do {' '.join(command)} && exit; sleep 0.5; done; exit 1"
