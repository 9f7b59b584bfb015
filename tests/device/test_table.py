"""The table of devices: what is written is read back."""

from runner.device.table import HOST, DeviceRow, devices_csv, read_devices

ROWS = [
    DeviceRow("tflite_int8", "microcontroller", True, "", "tool 1", {"flash_bytes": 64496.0}),
    DeviceRow("tflite_dynamic", "microcontroller", False, 'Input type: FLOAT32, "x"\n=1'),
    DeviceRow("tflite_int8", "ethos_u55_128", None, "no wheel", "", {"cycles": 1234567890.0}),
    DeviceRow("tflite_int8", HOST, True, figures={"own/ms": 0.1234567}),
]


def test_every_row_is_read_back() -> None:
    assert read_devices(devices_csv(ROWS)) == ROWS


def test_a_run_without_a_table_has_no_rows() -> None:
    assert read_devices("") == []
