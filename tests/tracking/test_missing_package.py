import importlib.util
from pathlib import Path

import mlflow
import pytest

from runner.errors import Refused
from runner.tracking import Store
from runner.tracking.missing_package import advice


@pytest.mark.skipif(bool(importlib.util.find_spec("MySQLdb")), reason="mysqlclient is installed")
def test_a_database_without_its_driver_is_refused_with_what_to_install() -> None:
    with pytest.raises(Refused, match=r"pip install mysqlclient$") as refusal:
        Store("mysql://user:secret@host/runs", "tests").connect()
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_extra_is_named_where_there_is_one() -> None:
    missing = ModuleNotFoundError("No module named 'psycopg'", name="psycopg")
    assert advice(missing).endswith("pip install 'pruning-sweep-runner[postgres]'")
    assert not advice(OSError("no route to host"))


@pytest.mark.skipif(bool(importlib.util.find_spec("boto3")), reason="boto3 is installed")
def test_files_in_an_object_store_are_refused_without_what_reads_them(store_folder: Path) -> None:
    uri = f"sqlite:///{store_folder}/mlflow.db"
    Store(uri, "here").connect()
    mlflow.MlflowClient(uri).create_experiment("there", "s3://bucket/files")
    with pytest.raises(Refused, match=r"^tracking\.experiment=there: .*boto3 .*\[remote\]'$"):
        Store(uri, "there").connect()
