"""Log a sweep of two points whose files differ in what devices make of them."""

from collections.abc import Mapping
from pathlib import Path

from runner.device.table import HOST, TABLE, DeviceRow, devices_csv
from runner.device.tools import tool
from runner.settings.devices import Device
from runner.tracking import Kind, Run, Store
from runner.tracking.tags import BASELINE_RUN_ID, DEVICE, SWEEP

K = 1024
MICRO, ETHOS = "microcontroller", "ethos_u55_128"
# By target: bytes zipped, bytes, and TFLite Micro's arena where it runs the file.
SIZES: Mapping[str, tuple[int, int, int | None]] = {
    "h5": (9 * K, 12 * K, None),
    "tflite_float32": (8 * K, 200 * K, 6 * K),
    "tflite_dynamic": (2 * K, 55 * K, None),
    "tflite_int8": (3 * K, 60 * K, 5 * K),
    "tflm_pruned_float32": (2 * K, 61 * K, 37 * K),
    # Of the fewest bytes on each, and LiteRT does not run it.
    "tflm_pruned_int8": (1 * K, 30 * K, 36 * K),
}
REFUSAL = "Input type: FLOAT32 with filter type: INT8 not supported"


def device_sweep(folder: Path, name: str, request: str = "", table: bool = True) -> Store:
    """Log a sweep in the store of a folder.

    The second point's files take half of the bytes of the first's, and lose two points of accuracy.

    Args:
        request: its tag of devices and budgets.
        table: whether its points have a table of devices, as those of this version have.
    """
    store = Store(f"sqlite:///{folder}/mlflow.db", "sparsity")
    store.connect()
    baseline = store.new_run(Kind.BASELINE, "dense", {"dataset.name": "npz"}, {})
    _log(baseline, 1, 0.95, table)
    tags = {SWEEP: name} | ({DEVICE: request} if request else {})
    sweep = store.new_run(Kind.SWEEP, name, {"report.max_drop": "0.01"}, tags)
    sweep.flush()
    for sparsity, share, accuracy in (("0.5", 1.0, 0.95), ("0.9", 0.5, 0.93)):
        params = {"schedule.final_sparsity": sparsity, "dataset.name": "npz"}
        origin = {BASELINE_RUN_ID: baseline.id}
        point = store.new_run(Kind.POINT, f"final_sparsity={sparsity}", params, origin, sweep.id)
        _log(point, share, accuracy, table)
        point.end("FINISHED")
        models = Path(store.local_file(store.get(point.id), "models"))
        models.mkdir(parents=True)
        for target in SIZES:
            (models / f"{target}{'.h5' if target == 'h5' else '.tflite'}").write_text("a file")
    sweep.end("FINISHED")
    return store


def _log(run: Run, share: float, accuracy: float, table: bool) -> None:
    rows: list[DeviceRow] = []
    for target, (zipped, size, arena) in SIZES.items():
        figures = {
            "size_bytes": size * share,
            "zip_bytes": zipped * share,
            "zip_ratio": SIZES["h5"][0] / zipped / share,
            "accuracy": accuracy,
            "validation_accuracy": accuracy,
        }
        run.log_metrics({f"{name}/{target}": float(value) for name, value in figures.items()})
        rows += _rows(target, size * share, arena)
    if table:
        run.log_metrics({"macs": 1000.0})
        run.log_text(devices_csv(rows), TABLE)
    run.flush()


def _rows(target: str, size: float, arena: int | None) -> list[DeviceRow]:
    reason = REFUSAL if target == "tflite_dynamic" else "not a TFLite file"
    micro = {"flash_bytes": size}
    if arena:
        micro |= {"ram_bytes": float(arena), "agreement": 1.0}
    npu = {"flash_bytes": size / 2, "ram_bytes": 3.0 * K, "latency_ms": 0.25, "cycles": 9000.0}
    fits = target == "tflite_int8"
    return [
        # Measured by what is installed here, so that nothing measures it again.
        DeviceRow(
            target, MICRO, arena is not None, "" if arena else reason, tool(Device(MICRO)), micro
        ),
        DeviceRow(
            target,
            ETHOS,
            fits,
            "" if fits else "no operator",
            tool(Device(ETHOS)),
            npu if fits else {},
        ),
        DeviceRow(target, HOST, None, "", "", {"own/joule": size / K}),
    ]
