"""What MLflow's server and Python answer where a request is wrong; a long test asks a real one."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.pyfunc import scoring_server
from mlflow.types import ParamSchema, ParamSpec, Schema, TensorSpec

from runner.data.scale import scale_of
from runner.tracking import served
from tests.helpers.tflite_file import write_softmax

SHAPE = (2, 2, 3)
GREY = np.full((1, *SHAPE), 0.5)
IMAGE = GREY.tolist()

Load = Callable[..., Any]
pytestmark = pytest.mark.filterwarnings("ignore:.*An input example was not provided")


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Save a model as `promote` does, and load it by MLflow."""

    def run(scale: str = "0..1", shape: tuple[int, ...] = SHAPE, beta: float = 1.0) -> Any:
        numbers = ((0.5, 0.4, 0.3), (0.1, 0.2, 0.3)) if scale == "mean_std" else (None, None)
        made = scale_of(scale, *numbers)  # type: ignore[arg-type]
        taken = {"scale": scale, "mean": made.mean, "std": made.std, "bgr": made.bgr}
        (tmp_path / "input.json").write_text(json.dumps(taken))
        file = write_softmax(tmp_path / "file.tflite", shape, beta)
        artifacts = {served.FILE: str(file), served.INPUT: str(tmp_path / "input.json")}
        saved = tmp_path / f"{scale} {beta}"
        outputs = Schema([TensorSpec(np.dtype(np.float32), (-1, int(np.prod(shape))))])
        params = ParamSchema([ParamSpec("scale", "string", scale)])
        mlflow.pyfunc.save_model(
            str(saved), python_model=served.__file__, artifacts=artifacts,
            signature=ModelSignature(outputs=outputs, params=params), pip_requirements=[],
        )  # fmt: skip
        return mlflow.pyfunc.load_model(str(saved))

    return run


def ask(model: Any, body: str, kind: str = "application/json") -> tuple[int, str]:
    """Ask as MLflow's server does for a request; returns the status and the answer."""
    try:
        answer = scoring_server.invocations(body.encode(), kind, model, None)
    except MlflowException as failure:
        return failure.get_http_status_code(), failure.serialize_as_json()
    return answer.status, answer.response


def message(status_and_answer: tuple[int, str], status: int = 400) -> str:
    """Return what an error says; the answer is valid JSON, of one line, without a traceback."""
    assert status_and_answer[0] == status, status_and_answer
    values = json.loads(status_and_answer[1], parse_constant=_no_constant)
    assert "stack_trace" not in values
    text = str(values["message"])
    assert "Traceback" not in text
    return text


def _no_constant(name: str) -> None:
    raise AssertionError(name)


WRONG: Mapping[str, str] = {
    json.dumps(IMAGE).replace("0.5", "NaN", 1): "must be finite numbers",
    json.dumps(IMAGE).replace("0.5", "Infinity", 1): "must be finite numbers",
    json.dumps(IMAGE).replace("0.5", "-Infinity", 1): "must be finite numbers",
    json.dumps(IMAGE).replace("0.5", "1e39", 1): "must be finite numbers",
    json.dumps(IMAGE).replace("0.5", "1e999", 1): "must be finite numbers",
    json.dumps(IMAGE).replace("0.5", "null", 1): "must be numbers; got the type object",
    json.dumps(IMAGE).replace("0.5", '"0.5"', 1): "must be numbers; got the type <U",
    json.dumps(IMAGE).replace("0.5", "1" * 400, 1): "must be numbers; got the type object",
    json.dumps(IMAGE).replace("0.5", "1.1", 1): "must be from 0 to 1; got 0.5 to 1.1",
    json.dumps(IMAGE).replace("0.5", "-0.1", 1): "must be from 0 to 1; got -0.1 to 0.5",
    json.dumps(IMAGE).replace("0.5", "255", 1): "for pixels, set scale to 0..255",
    json.dumps((GREY > 0).tolist()): "must be numbers; got the type bool",
    json.dumps(IMAGE[0]): "must have the shape ('N', 2, 2, 3); got (2, 2, 3)",
    json.dumps([IMAGE]): "must have the shape ('N', 2, 2, 3); got (1, 1, 2, 2, 3)",
    json.dumps(GREY[..., :1].tolist()): "must have the shape",
    "[]": "must have the shape ('N', 2, 2, 3); got (0,)",
    "null": "must have the shape ('N', 2, 2, 3); got ()",
    "1": "must have the shape",
    '"image"': "must have the shape",
    '{"a": [1]}': "must have the shape",
}


def test_a_wrong_request_is_answered_by_one_line(load: Load) -> None:
    model = load()
    for key in ("inputs", "instances"):
        for body, reason in WRONG.items():
            text = message(ask(model, f'{{"{key}": {body}}}'))
            assert reason in text, body
            assert "\n" not in text, body
        # MLflow itself refuses these.
        for body in ("[[[1, 2], [3]]]", '[[{"a": 1}]', "[" * 5, "[1, 2"):
            message(ask(model, f'{{"{key}": {body}}}'))
    asked = {"inputs": (GREY * 510).tolist(), "params": {"scale": "0..255"}}
    assert ask(model, json.dumps(asked))[0] == 200
    assert "must be from 0 to 255" in message(
        ask(model, json.dumps({**asked, "inputs": (GREY * 520).tolist()}))
    )
    assert "scale=-1..1: must be 0..1" in message(
        ask(model, json.dumps({"inputs": IMAGE, "params": {"scale": "-1..1"}}))
    )


@pytest.mark.parametrize(
    ("taken", "accepted"),
    [
        (served.Input(), "0..1, or 0..255 for pixels"),
        (served.Input(in_file=True), "0..255"),
        (served.Input("0..255", std=(1.0,)), "0..255"),
    ],
)
def test_another_range_is_refused_by_what_there_is(taken: served.Input, accepted: str) -> None:
    with pytest.raises(ValueError, match=r"^scale=-1\.\.1: must be (.*)$") as no:
        taken.prepare(GREY, "-1..1")
    assert str(no.value) == f"scale=-1..1: must be {accepted}"


@pytest.mark.parametrize("scale", ["x" * 10_000, "a\nb\r\n\x1b[31m\u202e\u2028\0", "\n" * 500])
def test_a_range_is_shown_in_one_short_line(load: Load, scale: str) -> None:
    body = json.dumps({"inputs": IMAGE, "params": {"scale": scale}})
    text = message(ask(load(), body))
    assert text.isprintable()
    assert text.startswith("scale=")
    assert len(text.partition(": must be 0..1")[0]) <= len("scale=") + 80


def test_tables_are_checked_too(load: Load) -> None:
    model = load("as_is", (2,))
    given = [
        ('{"dataframe_split": {"data": [[1, 2]]}}', "application/json"),
        ('{"dataframe_records": [{"a": 1, "b": 2.5}]}', "application/json"),
        ("a,b\n1,2\n", "text/csv"),
    ]
    for body, kind in given:
        status, answer = ask(model, body, kind)
        assert (status, np.shape(json.loads(answer)["predictions"])) == (200, (1, 2))
    wrong = [
        ('{"dataframe_split": {"data": [[1, null]]}}', "application/json"),
        ('{"dataframe_split": {"data": [[1, "x"]]}}', "application/json"),
        ('{"dataframe_split": {"data": [[1, true]]}}', "application/json"),
        ('{"dataframe_records": [{"a": 1}]}', "application/json"),
        ('{"dataframe_records": [{"a": 1, "b": NaN}]}', "application/json"),
        ('{"dataframe_records": [{"a": 1, "b": 1e39}]}', "application/json"),
        ("a,b\n1,\n", "text/csv"),
        ("a,b\n1,x\n", "text/csv"),
        ("a,b\n1,inf\n", "text/csv"),
    ]
    for body, kind in wrong:
        text = message(ask(model, body, kind))
        assert text.startswith("images must "), text
        assert "\n" not in text


@pytest.mark.parametrize("scale", ["0..1", "-1..1", "0..255", "imagenet", "caffe", "mean_std"])
def test_every_range_takes_all_pixels_and_nothing_else(load: Load, scale: str) -> None:
    model = load(scale)
    inner = model.unwrap_python_model()
    pixels = np.random.default_rng(0).integers(0, 256, (20, *SHAPE), np.uint8)
    pixels[0], pixels[1] = 0, 255
    expected = model.predict(pixels)
    scaled = inner._input.prepare(pixels, scale)
    np.testing.assert_array_equal(model.predict(scaled), expected)
    np.testing.assert_array_equal(model.predict(scaled.tolist()), expected)
    # As a file with three digits after the point has them.
    assert model.predict(scaled.round(3)).shape == expected.shape
    at = {"scale": "0..255"}
    np.testing.assert_array_equal(model.predict(pixels.astype(np.int64), params=at), expected)
    for channel in range(3):
        for end, beyond in ((scaled.min(axis=0), -1), (scaled.max(axis=0), 1)):
            image = end[None].copy()
            assert model.predict(image).shape == (1, 12)
            step = 2 * (scaled.max() - scaled.min()) / 255
            image[0, 0, 0, channel] += beyond * step
            with pytest.raises(ValueError, match=r"^numbers must be from "):
                model.predict(image)
    for wrong in (-1, 256):
        with pytest.raises(ValueError, match=r"^numbers must be from 0 to 255; got"):
            model.predict(np.full((1, *SHAPE), wrong), params=at)


def test_other_data_may_be_any_finite_numbers(load: Load) -> None:
    model = load("as_is")
    assert model.predict(np.full((1, *SHAPE), -1e30)).shape == (1, 12)
    for wrong in (np.nan, np.inf, 1e300):
        with pytest.raises(ValueError, match="must be finite numbers"):
            model.predict(np.full((1, *SHAPE), wrong))


@pytest.mark.parametrize(
    "wrong",
    [GREY.astype(complex), GREY.astype(str), GREY.astype(object), GREY > 0, [[[1], [1, 2]]],
     GREY.astype("datetime64[s]")],
    ids=lambda wrong: str(getattr(wrong, "dtype", "ragged")),
)  # fmt: skip
def test_python_refuses_what_are_no_numbers(load: Load, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"^images must be numbers[^\n]*$"):
        load().predict(wrong)


def test_an_answer_that_is_no_number_is_an_error_of_the_model(load: Load) -> None:
    # Infinite numbers less infinite numbers, in the softmax.
    model = load(beta=float("inf"))
    text = message(ask(model, json.dumps({"inputs": IMAGE})), status=500)
    assert text == "the model failed: its answers are no finite numbers"
    with pytest.raises(ValueError, match="no finite"):
        model.predict(GREY)


def test_a_server_takes_no_more_images_than_it_says(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load("as_is", (2,))
    many = np.zeros((10_001, 2))
    assert model.predict(many).shape == (10_001, 2)
    monkeypatch.setenv("_MLFLOW_IS_IN_SERVING_ENVIRONMENT", "true")
    assert model.predict(many[1:]).shape == (10_000, 2)
    with pytest.raises(ValueError, match="a request takes at most 10000 images; got 10001"):
        model.predict(many)
