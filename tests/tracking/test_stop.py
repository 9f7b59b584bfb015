"""Whoever stops a process waits once, and not for long, for a store that does not answer."""

import logging
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runner.process.signals import exit_on_first_signal
from runner.tracking import Absent, Kind, Store, StoreFailed
from runner.tracking.connection import Connection
from tests.helpers.gateway import Unwell, gateway

_SAID = "stopping without the store, which does not answer ("


@pytest.fixture
def asked_to_stop() -> Iterator[None]:
    """Ask this process to stop, which it does not do."""
    before = {stop: signal.getsignal(stop) for stop in (signal.SIGTERM, signal.SIGINT)}
    exit_on_first_signal()
    with pytest.raises(SystemExit):
        signal.raise_signal(signal.SIGTERM)
    yield
    exit_on_first_signal()
    for stop, handler in before.items():
        signal.signal(stop, handler)


def _said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.long
@pytest.mark.usefixtures("asked_to_stop")
def test_a_server_that_hangs_is_waited_for_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    with gateway() as server:
        connection = Connection(server.address())
        server.hangs = True
        for _ in range(5):
            with pytest.raises(Absent):
                connection.get_run("a" * 32)
        # MLflow sends a request again that was not answered.
        assert len(server.asked) == 2
    (line,) = _said(caplog)
    assert line.startswith(_SAID)


@pytest.mark.usefixtures("asked_to_stop")
def test_a_server_that_answers_is_asked_on(caplog: pytest.LogCaptureFixture) -> None:
    with gateway() as server:
        connection = Connection(server.address())
        for _ in range(3):
            server.answers = [Unwell(404)]
            with pytest.raises(StoreFailed) as failure:
                connection.get_run("a" * 32)
            assert not isinstance(failure.value, Absent)
        assert len(server.asked) == 3
    assert _said(caplog) == []


@pytest.mark.long
@pytest.mark.usefixtures("asked_to_stop")
def test_a_locked_database_is_waited_for_once(
    store_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "tests")
    run = store.new_run(Kind.POINT, "a", {}, {})
    run.flush()
    with closing(sqlite3.connect(store_folder / "mlflow.db")) as database:
        database.execute("BEGIN EXCLUSIVE")
        for _ in range(3):
            with pytest.raises(Absent):
                store.connection.set_tag(run.id, "a", "b")
        run.tag("a", "b")
        with pytest.raises(Absent):
            run.flush()
    assert sum(line.startswith(_SAID) for line in _said(caplog)) == 1
