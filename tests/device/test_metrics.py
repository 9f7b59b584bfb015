"""A target has at most seventeen metrics, the more important ones first; the table has the rest."""

from runner.device.metrics import ALWAYS, MOST, device_metrics
from runner.device.table import HOST, DeviceRow

MICRO = DeviceRow(
    "tflite_int8", "microcontroller", True, "", "tool",
    {"flash_bytes": 64496.0, "ram_bytes": 5520.0, "agreement": 0.99},
)  # fmt: skip
TIMES = {"latency_ms": 1.0, "latency_p90_ms": 2.0}
SIZES = {"zstd_bytes": 3.0, "litert_arena_bytes": 4.0}
ETHOS = DeviceRow(
    "tflite_int8", "ethos_u55_128", True, "", "tool",
    {"npu_operators": 31.0, "cpu_operators": 0.0, "flash_bytes": 5.0, "ram_bytes": 6.0,
     "cycles": 7.0, "latency_ms": 8.0},
)  # fmt: skip


def _host(**figures: float) -> DeviceRow:
    return DeviceRow("tflite_int8", HOST, None, figures={**SIZES, **figures})


def _names(metrics: dict[str, float]) -> list[str]:
    assert all(name.endswith("/tflite_int8") for name in metrics)
    return [name.removesuffix("/tflite_int8") for name in metrics]


def test_a_sweep_for_a_phone_has_them_all() -> None:
    found = device_metrics([MICRO, _host()])
    expected = ["runs_on_tflm", "tflm_arena_bytes", "tflm_agreement", *sorted(SIZES)]
    assert _names(found) == expected
    assert found["runs_on_tflm/tflite_int8"] == 1
    assert found["tflm_arena_bytes/tflite_int8"] == 5520


def test_what_finds_no_room_is_left_to_the_table() -> None:
    own = {"own/ms": 9.0, "own/mj": 10.0}
    found = device_metrics([MICRO, ETHOS, _host(**TIMES, **own)])
    tflm = ["runs_on_tflm", "tflm_arena_bytes", "tflm_agreement"]
    assert _names(found) == ["latency_ms", *tflm, "own/ms"]
    assert len(found) + len(ALWAYS) == MOST


def test_an_ethos_u_comes_before_what_is_rarely_asked_for() -> None:
    found = device_metrics([DeviceRow("tflite_int8", "microcontroller", False, "no"), ETHOS,
                            _host(**TIMES)])  # fmt: skip
    named = [f"ethos_u55_128_{part}" for part in ("cycles", "flash_bytes", "sram_bytes")]
    assert _names(found) == ["latency_ms", "runs_on_tflm", *named]
    assert found["ethos_u55_128_sram_bytes/tflite_int8"] == 6
    assert found["runs_on_tflm/tflite_int8"] == 0


def test_metrics_that_a_run_has_keep_their_room_and_are_written_anew() -> None:
    logged = [f"{name}/tflite_int8" for name in ("zstd_bytes", "litert_arena_bytes", *ALWAYS)]
    other = [f"old_{number}/tflite_float32" for number in range(20)]
    found = device_metrics([MICRO, ETHOS, _host(**TIMES)], [*logged, *other])
    assert _names(found) == ["latency_ms", "runs_on_tflm", "tflm_arena_bytes", *sorted(SIZES)]


def test_what_nothing_can_tell_is_no_metric() -> None:
    unknown = DeviceRow("tflite_int8", "microcontroller", None, "not installed")
    assert device_metrics([unknown]) == {}
