"""The tables of what files take on devices, of runs with and without such figures."""

from collections.abc import Mapping

from benchmarks.fixtures.device_cells import ON_DEVICES
from runner.settings.targets import Target
from runner.tracking import Record

MICRO, ETHOS = "a microcontroller, flash and arena", "ethos_u55_128, flash and cycles"


def _cell(device: str, metrics: Mapping[str, float]) -> str:
    record = Record("1", "a", "FINISHED", {}, {}, metrics, "/runs/1")
    return ON_DEVICES[device](record, Target.TFLITE_INT8)


def test_a_file_that_runs_shows_what_it_takes() -> None:
    figures = {"size_bytes/tflite_int8": 64368.0, "runs_on_tflm/tflite_int8": 1.0}
    assert _cell(MICRO, figures) == "64,368"
    assert _cell(MICRO, figures | {"tflm_arena_bytes/tflite_int8": 5520.0}) == "64,368 · 5,520"
    vela = {"ethos_u55_128_flash_bytes/tflite_int8": 13872.0}
    assert _cell(ETHOS, vela) == "13,872"
    assert _cell(ETHOS, vela | {"ethos_u55_128_cycles/tflite_int8": 13749.0}) == "13,872 · 13,749"


def test_a_file_that_does_not_run_or_was_not_tried_shows_nothing() -> None:
    figures = {"size_bytes/tflite_int8": 64368.0}
    assert _cell(MICRO, figures) == _cell(ETHOS, figures) == ""
    assert _cell(MICRO, figures | {"runs_on_tflm/tflite_int8": 0.0}) == ""
