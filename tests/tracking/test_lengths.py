"""Names, parameters and tags that are longer than stores take, and what older servers lack."""

import json
from pathlib import Path

from runner.tracking import Kind, Notes, Store
from runner.tracking.connection import Connection
from runner.tracking.lengths import list_of_names
from runner.tracking.tags import COMMAND, LEFT
from tests.helpers.gateway import Unwell, gateway


def test_what_is_too_long_is_cut_and_ends_in_dots(store_folder: Path) -> None:
    store = Store(f"sqlite:///{store_folder}/mlflow.db", "tests")
    run = store.new_run(Kind.POINT, "n" * 300, {"seed": "0" * 7000}, {COMMAND: "c" * 6000})
    run.tag(LEFT, "t" * 9000)
    run.end("FINISHED")
    record = store.get(run.id)
    assert record.name == f"{'n' * 247}..."
    assert record.params == {"seed": f"{'0' * 5997}..."}
    assert record.tags[COMMAND] == f"{'c' * 4997}..."
    assert record.tags[LEFT] == f"{'t' * 7997}..."


def test_a_list_of_names_can_be_read_however_many_there_are() -> None:
    assert json.loads(list_of_names(["a", "b"])) == ["a", "b"]
    names = [f"point {number} at 0.5" for number in range(1000)]
    text = list_of_names(names)
    *some, last = json.loads(text)
    assert len(text) <= 8000
    assert some == names[: len(some)]
    assert last == f"and {1000 - len(some)} more"
    assert json.loads(list_of_names(["n" * 9000])) == ["and 1 more"]


def test_a_server_that_takes_less_gets_less() -> None:
    message = "Param value 'aaa' had length 600, which exceeded length limit of 500"
    answer = {"error_code": "INVALID_PARAMETER_VALUE", "message": message}
    refusal = Unwell(400, {"Content-Type": "application/json"}, json.dumps(answer))
    with gateway() as server:
        server.answers = [refusal, refusal, Unwell(200, {}, "{}")]
        Notes(params={"seed": "a" * 600}).send(Connection(server.address()), "0" * 32)
        lengths = [len(json.loads(body)["params"][0]["value"]) for body in server.bodies]
    assert lengths == [600, 500, 250]


def test_a_server_that_knows_of_no_data_sets_gets_all_the_rest() -> None:
    dataset = {"name": "d", "digest": "1", "source_type": "code", "source": "{}"}
    with gateway() as server:
        server.answers = [Unwell(404), Unwell(200, {}, "{}")]
        Notes(params={"seed": "0"}, inputs=[dataset]).send(Connection(server.address()), "0" * 32)
        assert [asked.rpartition("/")[2] for asked in server.asked] == ["log-inputs", "log-batch"]
