"""What devices make of each target of a small net, in the words of who refuses it."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import Builder

from runner.backend import keras, make_repeatable
from runner.device.measurement import measure_devices
from runner.device.table import DeviceRow, devices_csv, read_devices
from runner.device.wanted import Wanted
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.export.tflm.dispatch import encode
from runner.export.tflm.encoded_file import can_encode
from runner.settings.devices import Device
from runner.settings.targets import Encoding, Target

layers = keras.layers
IMAGES = np.random.default_rng(0).random((30, 8, 8, 1), dtype=np.float32)
MICRO = Device.MICROCONTROLLER
# What of the refusal's own words tells a target from the others; none where it runs.
BY_TFLM = {
    Target.H5: "not a TFLite file",
    Target.TFLITE_FLOAT32: "",
    Target.TFLITE_FLOAT16: "Node DEQUANTIZE (number 0) failed to prepare",
    Target.TFLITE_DYNAMIC: "Input type: FLOAT32 with filter type: INT8 not supported",
    Target.TFLITE_INT8: "",
    Target.TFLITE_INT16X8: "",
    Target.TFLITE_FLOAT32_SPARSE: "Didn't find op for builtin opcode 'DENSIFY'",
    Target.TFLITE_INT4: "filter->type != kTfLiteInt4",
}
_FLOATS = "no operator runs on the Ethos-U: Operation has tensor with unsupported DataType Float32"
BY_VELA = {
    Target.H5: "not a TFLite file",
    Target.TFLITE_FLOAT32: _FLOATS,
    Target.TFLITE_FLOAT16: _FLOATS,
    Target.TFLITE_DYNAMIC: _FLOATS,
    Target.TFLITE_INT8: "",
    Target.TFLITE_INT16X8: "",
    Target.TFLITE_FLOAT32_SPARSE: _FLOATS,
    Target.TFLITE_INT4: "Vela is ended by SIG",
}


def _net(*between: keras.layers.Layer) -> keras.Model:
    """Make a net of dense layers, half of whose weights are zero, with others before them."""
    make_repeatable(1, 1)
    image = layers.Input((8, 8, 1))
    values = image
    for layer in between:
        values = layer(values)
    values = layers.Dense(16, activation="relu")(layers.Flatten()(values))
    model = keras.Model(image, layers.Dense(3, activation="softmax")(values))
    for weight in model.trainable_weights:
        weight.assign(weight.numpy() * (np.arange(weight.numpy().size) % 2).reshape(weight.shape))
    return model


def _export(model: keras.Model, folder: Path, targets: Sequence[Target]) -> dict[Target, Path]:
    with exportables(model, batch=1) as sources:
        return {target: export(sources.plain, target, folder, IMAGES) for target in targets}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Target, Path]:
    """A small net as a file of each target."""
    return _export(_net(), tmp_path_factory.mktemp("models"), list(BY_TFLM))


def _measured(files: dict[Target, Path], *devices: Device) -> dict[tuple[str, str], DeviceRow]:
    rows = measure_devices(files, Wanted(devices or (Device.PHONE,)), IMAGES)
    assert read_devices(devices_csv(rows)) == rows
    return {(row.target, row.device): row for row in rows}


def test_each_target_runs_or_is_refused_in_words(files: dict[Target, Path]) -> None:
    rows = _measured({target: files[target] for target in BY_TFLM}, MICRO, Device.ETHOS_U55_128)
    assert len(rows) == 2 * len(BY_TFLM)
    for target, words in BY_TFLM.items():
        row = rows[target, MICRO]
        assert row.runs == (not words), row
        assert words in row.reason
        assert row.measured_by.startswith("tflite-micro 0.dev")
        assert row.figures.get("flash_bytes", 0) == (
            0 if target is Target.H5 else files[target].stat().st_size
        )
        # Tensors of an image, of 16 and of 3 numbers, and TFLite Micro's own.
        assert bool(row.runs) == (row.figures.get("ram_bytes", 0) > 500)
        assert not row.runs or row.figures["agreement"] == 1
    for target, words in BY_VELA.items():
        row = rows[target, Device.ETHOS_U55_128]
        assert (row.runs, words in row.reason) == (not words, True), row
        assert row.measured_by.endswith("(Ethos_U55_High_End_Embedded, Shared_Sram)")
        assert ("cycles" in row.figures) == row.runs
    figures = rows[Target.TFLITE_INT8, Device.ETHOS_U55_128].figures
    assert 0 < figures["flash_bytes"] < files[Target.TFLITE_INT8].stat().st_size + 2048
    assert figures["ram_bytes"] >= 64
    # At the 500 MHz of its configuration.
    assert figures["latency_ms"] == pytest.approx(figures["cycles"] / 500e3)


@pytest.mark.long
@pytest.mark.parametrize("device", [device for device in Device if device.is_ethos_u])
def test_each_ethos_u_says_the_same(files: dict[Target, Path], device: Device) -> None:
    rows = _measured(files, device)
    for target, words in BY_VELA.items():
        row = rows[target, device]
        assert (row.runs, words in row.reason) == (not words, True), row


@pytest.mark.skipif(not can_encode(), reason="the wheel tflite-micro is for Linux on x86-64 alone")
def test_an_encoded_file_is_compared_with_what_it_was_made_from(
    files: dict[Target, Path], tmp_path: Path
) -> None:
    target, source = Target.TFLM_PRUNED_INT8, files[Target.TFLITE_INT8]
    encoded = tmp_path / target.file_name
    encoded.write_bytes(encode(source.read_bytes(), Encoding.PRUNED))
    assert encoded.stat().st_size < source.stat().st_size
    alone = _measured({target: encoded}, MICRO, Device.ETHOS_U55_128)
    assert "agreement" not in alone[target, MICRO].figures
    assert alone[target, MICRO].runs
    beside = alone[target, Device.ETHOS_U55_128]
    assert (beside.runs, beside.figures) == (False, {})
    assert "decoded by the CPU" in beside.reason
    for found in (
        _measured({target: encoded, Target.TFLITE_INT8: source}, MICRO)[target, MICRO],
        _measured({target: Path(shutil.copy(encoded, source.with_name(encoded.name)))}, MICRO)[
            target, MICRO
        ],
    ):
        assert found.figures["agreement"] == 1
        assert found.figures["flash_bytes"] == encoded.stat().st_size
        # Decoded weights lie in the arena.
        assert found.figures["ram_bytes"] > 64 * 16


def test_a_phone_asks_for_no_row_and_unasked_there_is_no_agreement(
    files: dict[Target, Path],
) -> None:
    rows = _measured(files)
    assert {device for _, device in rows} == {MICRO}
    assert not any("agreement" in row.figures for row in rows.values())


@pytest.mark.long
def test_operators_beside_the_ethos_u_are_counted_and_need_tflm(tmp_path: Path) -> None:
    # Vela does not compile the one, TFLite Micro does not know the other.
    resized = layers.UpSampling2D(3, interpolation="bilinear")
    gelu = layers.Activation("gelu")
    conv = layers.Conv2D(2, 3)
    mixed = _export(_net(conv, resized), tmp_path / "mixed", [Target.TFLITE_INT8])
    rows = _measured(mixed, Device.ETHOS_U55_128)
    found = rows[Target.TFLITE_INT8, Device.ETHOS_U55_128]
    assert (found.runs, found.figures["cpu_operators"]) == (True, 1)
    assert found.figures["npu_operators"] > 1
    assert found.figures["cycles"] > 0
    # A budget on the time is not kept by a part of it.
    assert (found.reason, "latency_ms" in found.figures) == ("", False)
    refused = _export(_net(conv, resized, gelu), tmp_path / "refused", [Target.TFLITE_INT8])
    found = _measured(refused, Device.ETHOS_U55_128)[Target.TFLITE_INT8, Device.ETHOS_U55_128]
    assert found.runs is False
    assert "RESIZE_BILINEAR" in found.reason
    assert "TFLite Micro refuses the file: Didn't find op for builtin opcode" in found.reason


def _damaged(path: Path, folder: Path) -> Path:
    """Name tensors that there are not: whoever looks for them is ended."""
    model = schema.ModelT.InitFromPackedBuf(path.read_bytes())
    for operator in model.subgraphs[0].operators:
        operator.inputs = [10**8 for _ in operator.inputs]
    builder = Builder()
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    folder.mkdir()
    (folder / path.name).write_bytes(bytes(builder.Output()))
    return folder / path.name


@pytest.mark.parametrize(
    "devices",
    [[MICRO], pytest.param([MICRO, Device.ETHOS_U55_128], marks=pytest.mark.long)],
    ids=len,
)
def test_a_file_that_ends_the_interpreter_takes_no_other_with_it(
    files: dict[Target, Path], tmp_path: Path, devices: list[Device]
) -> None:
    bad = _damaged(files[Target.TFLITE_FLOAT32], tmp_path / "bad")
    half = tmp_path / "half.tflite"
    half.write_bytes(files[Target.TFLITE_DYNAMIC].read_bytes()[:1000])
    empty = tmp_path / "empty.tflite"
    empty.write_bytes(b"")
    rows = _measured(
        {
            Target.TFLITE_FLOAT32: bad,
            Target.TFLITE_DYNAMIC: half,
            Target.TFLITE_FLOAT16: empty,
            Target.TFLITE_INT8: files[Target.TFLITE_INT8],
        },
        *devices,
    )
    assert rows[Target.TFLITE_FLOAT32, MICRO].reason == "ended its process by SIGSEGV"
    for target in (Target.TFLITE_FLOAT32, Target.TFLITE_DYNAMIC, Target.TFLITE_FLOAT16):
        for device in devices:
            assert rows[target, device].runs is False
            assert rows[target, device].reason
    assert rows[Target.TFLITE_INT8, MICRO].figures["agreement"] == 1
    assert all(rows[Target.TFLITE_INT8, device].runs for device in devices)


def test_where_a_tool_is_not_installed_one_line_says_so(
    files: dict[Target, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("tflite_micro", "ethosu"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(
            f"raise ModuleNotFoundError(\"No module named '{name}'\")"
        )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    some = {target: files[target] for target in (Target.TFLITE_INT8, Target.TFLITE_DYNAMIC)}
    rows = _measured(some, MICRO, Device.ETHOS_U55_128)
    assert {row.runs for row in rows.values()} == {None}
    assert {row.measured_by for row in rows.values()} == {""}
    assert {row.reason for row in rows.values()} == {
        "tflite-micro is not installed", "ethos-u-vela is not installed"
    }  # fmt: skip
    assert len(caplog.messages) == 2


def test_the_arena_is_what_it_takes_whatever_was_offered(tmp_path: Path) -> None:
    # Its images alone take more than the first arena that is tried.
    wide = layers.UpSampling2D(64, interpolation="nearest")
    make_repeatable(1, 1)
    image = layers.Input((8, 8, 1))
    pooled = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 1)(wide(image)))
    model = keras.Model(image, layers.Dense(3, activation="softmax")(pooled))
    path = _export(model, tmp_path, [Target.TFLITE_FLOAT32])
    row = _measured(path)[Target.TFLITE_FLOAT32, MICRO]
    assert row.runs
    assert 512 * 512 * 4 * 3 <= row.figures["ram_bytes"] < 512 * 512 * 4 * 3 + 4096
