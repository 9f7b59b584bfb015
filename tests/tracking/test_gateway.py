"""What stands before MLflow's servers: a login, a prefix, certificates, and bad days."""

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.errors import Refused
from runner.tracking import Kind, Store, StoreFailed
from runner.tracking.connection import Connection
from runner.tracking.texts import read_text
from tests.helpers.gateway import Unwell, gateway
from tests.helpers.mlflow_server import tracking_server
from tests.helpers.project import Command
from tests.helpers.tiny import quick

# What MLflow answers, on PostgreSQL, SQLite and MySQL.
_COLLISIONS = (
    '(psycopg.errors.UniqueViolation) duplicate key value violates unique constraint "dataset_pk"',
    "(sqlite3.IntegrityError) UNIQUE constraint failed: datasets.experiment_id, datasets.name",
    "(pymysql.err.IntegrityError) (1062, \"Duplicate entry '1-d-1' for key 'PRIMARY'\")",
)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, r"answers 401 \(401 from the gateway gateway\); a login is MLFLOW_TRACKING_U"),
        (403, r"answers 403 .*; a login is MLFLOW_TRACKING_USERNAME with"),
        (404, r"answers 404 .*; is the address right, with its path\?"),
        (200, r"answers what is not MLflow \(200 from .*\); is the address right, with its path\?"),
        (400, r"answers 400 \(400 from the gateway gateway\)\)$"),
    ],
)
def test_an_answer_that_is_not_mlflows_is_told_in_a_line(status: int, says: str) -> None:
    with gateway() as server:
        server.answers = [Unwell(status)]
        with pytest.raises(Refused, match=says) as refusal:
            Store(server.address("me:S3cr3t@"), "tests").connect()
    assert "S3cr3t" not in str(refusal.value)
    assert "<" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[int]:
    """A tracking server's port."""
    with tracking_server(tmp_path_factory.mktemp("server"), empty_store) as port:
        yield port


def _log_a_run(address: str) -> None:
    """Log a figure and a file, and read both back."""
    store = Store(address, "tests")
    run = store.new_run(Kind.POINT, "a", {"seed": "0"}, {})
    run.log_metrics({"zip_bytes/h5": 1.0})
    run.log_text("some words", "words.txt")
    run.end("FINISHED")
    record = store.get(run.id)
    assert record.figures("h5") == {"zip_bytes": 1.0}
    assert read_text(store, record, "words.txt") == "some words"


@pytest.mark.long
def test_logins_prefixes_and_slashes_work(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway(port) as server:
        _log_a_run(f"{server.address()}//")
        server.prefix = "/team/mlflow"
        server.login = f"Basic {base64.b64encode(b'me:p w').decode()}"
        _log_a_run(f"{server.address('me:p%20w@')}/")
        with monkeypatch.context() as environment:
            environment.setenv("MLFLOW_TRACKING_USERNAME", "me")
            environment.setenv("MLFLOW_TRACKING_PASSWORD", "p w")
            _log_a_run(server.address())
        server.login = "Bearer of-a-token"
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "of-a-token")
        _log_a_run(server.address())


@pytest.mark.long
def test_a_data_set_that_another_sweep_records_at_that_moment_is_recorded(port: int) -> None:
    with gateway(port) as server:
        store = Store(server.address(), "tests")
        run = store.new_run(Kind.POINT, "a", {}, {})
        run.flush()
        run.notes.inputs.append({"name": "d", "digest": "1", "source_type": "x", "source": "y"})
        for said in _COLLISIONS:
            answer = json.dumps({"error_code": "BAD_REQUEST", "message": said})
            server.answers = [Unwell(400, {"Content-Type": "application/json"}, answer)]
            run.notes.send(store.connection, run.id)
            assert server.answers == []
        (known,) = store.connection.get_run(run.id).inputs.dataset_inputs
    assert (known.dataset.name, known.dataset.digest) == ("d", "1")


@pytest.mark.long
def test_certificates_work(port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=here"
    make += " -addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make.split(), *files], check=True, capture_output=True)
    with gateway(port, (certificate, key)) as server:
        with pytest.raises(Refused, match=r"certificate.*MLFLOW_TRACKING_SERVER_CERT_PATH"):
            Store(server.address(), "tests").connect()
        with monkeypatch.context() as environment:
            environment.setenv("MLFLOW_TRACKING_INSECURE_TLS", "true")
            _log_a_run(server.address())
        monkeypatch.setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", str(certificate))
        _log_a_run(server.address())


@pytest.mark.long
def test_a_server_that_hangs_up_while_it_is_started_anew_is_waited_for(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with gateway(port) as server:
        server.answers = [Unwell(0)] * 3
        _log_a_run(server.address())
        assert server.answers == []
    assert "trying for 30 s more" in caplog.text


@pytest.mark.long
def test_a_long_wait_that_a_server_asks_for_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with gateway() as server:
        connection = Connection(server.address())
        for seconds in ("1", "5", "5"):
            server.answers = [Unwell(429, {"Retry-After": seconds})]
            with pytest.raises(StoreFailed, match="the server answers 404"):
                connection.get_run("a" * 32)
        assert len(server.asked) == 6
        assert [
            record.message for record in caplog.records if record.name.startswith("runner")
        ] == [
            f"the store at {server.address()} answers 429 and asks to wait for 5 s (Retry-After); "
            "waiting"
        ]


@pytest.mark.long
def test_a_sweep_passes_a_gateway_with_a_login_and_bad_days(
    port: int, command: Command, npz: Path
) -> None:
    with gateway(port) as server:
        server.prefix = "/team"
        server.login = f"Basic {base64.b64encode(b'me:S3cr3t').decode()}"
        server.answers = [Unwell(503)] * 5
        server.bad_days = (Unwell(429, {"Retry-After": "1"}), Unwell(500), Unwell(502), Unwell(503))
        sweep = ["-m", "schedule.final_sparsity=0.5", "export.targets=[h5]"]
        env = {"MLFLOW_TRACKING_URI": f"{server.address('me:S3cr3t@')}/"}
        done = command(*sweep, *quick(npz), env={**env, "MLFLOW_EXPERIMENT_NAME": "bad days"})
        assert done.returncode == 0, done.stderr
        assert "the store: the server keeps answering 503; trying for 30 s more" in done.stdout
        store = Store(f"http://127.0.0.1:{port}", "bad days")
        statuses = [(run.kind, run.status) for run in store.find("")]
    assert sorted(statuses) == [
        ("baseline", "FINISHED"),
        ("point", "FINISHED"),
        ("sweep", "FINISHED"),
    ]


@pytest.mark.long
def test_all_commands_give_a_token(
    port: int, command: Command, tool_in: Command, npz: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gateway(port) as server:
        server.login = "Bearer of-a-token"
        where = {"MLFLOW_TRACKING_URI": server.address(), "MLFLOW_EXPERIMENT_NAME": "token"}
        for name, value in {**where, "MLFLOW_TRACKING_TOKEN": "of-a-token"}.items():
            monkeypatch.setenv(name, value)
        sweep = [
            "-m",
            "schedule.final_sparsity=0.5",
            "export.targets=[h5,tflite_dynamic]",
            *quick(npz),
        ]
        assert command(*sweep).returncode == 0
        asked = len(server.asked)
        for words in (
            ("best", "latest", "--max-drop", "1", "--output", "model.h5"),
            ("promote", "latest", "--max-drop", "1", "--name", "token"),
            ("report.__main__", "latest"),
            ("ui.__main__", "latest", "--no-browser"),
            ("delete", "latest", "--yes", "--registered"),
        ):
            done = tool_in(npz.parent, *words)
            assert done.returncode == 0, (words, done.stdout, done.stderr)
            assert len(server.asked) > asked
            asked = len(server.asked)
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "of-another")
        refused = tool_in(npz.parent, "best", "latest")
    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert "answers 401" in line
    assert "of-another" not in line
