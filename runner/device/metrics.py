"""Choose which figures of devices become metrics, of which a target has at most seventeen.

MLflow's pages stand still with hundreds of columns; the table devices.csv holds them all.
"""

from collections.abc import Iterable, Iterator, Sequence

from runner.device.host import OWN
from runner.device.table import HOST, DeviceRow
from runner.settings.devices import Device

MOST = 17
# Figures that every file has as metrics, and that count first.
ALWAYS = (
    *("size_bytes", "zip_bytes", "zip_ratio", "accuracy", "validation_accuracy"),
    *("accuracy_drop", "accuracy_drop_low", "accuracy_drop_high"),
    *("validation_drop", "validation_drop_low", "validation_drop_high", "agreement"),
)
_LATENCY, *_LAST = "latency_ms", "latency_p90_ms", "litert_arena_bytes", "zstd_bytes"
# The metrics' parts of names, by the names in the table.
_ETHOS_U = {"cycles": "cycles", "flash_bytes": "flash_bytes", "ram_bytes": "sram_bytes"}


def device_metrics(rows: Iterable[DeviceRow], logged: Iterable[str] = ()) -> dict[str, float]:
    """Name the figures that find room as metrics, each with its target at the end.

    Args:
        rows: of any files.
        logged: names of metrics that the run has already; these stay, and take room.
    """
    by_target: dict[str, list[DeviceRow]] = {}
    for row in rows:
        by_target.setdefault(str(row.target), []).append(row)
    taken = set(logged)
    chosen: dict[str, float] = {}
    for target, its_rows in by_target.items():
        room = {f"{name}/{target}" for name in ALWAYS}
        room |= {name for name in taken if name.rpartition("/")[2] == target}
        for name, value in _in_order(its_rows):
            metric = f"{name}/{target}"
            if metric in room or len(room) < MOST:
                room.add(metric)
                chosen[metric] = value
    return chosen


def _in_order(rows: Sequence[DeviceRow]) -> Iterator[tuple[str, float]]:
    """Yield the figures of one file by their names as metrics, the more important ones first."""
    host = {
        name: value for row in rows if row.device == HOST for name, value in row.figures.items()
    }
    if _LATENCY in host:
        yield _LATENCY, host[_LATENCY]
    for row in rows:
        if row.device == Device.MICROCONTROLLER:
            yield from _of_tflm(row)
    yield from ((name, value) for name, value in host.items() if name.startswith(OWN))
    for row in rows:
        if row.device.startswith("ethos_u"):
            named = ((part, row.figures.get(name)) for name, part in _ETHOS_U.items())
            yield from (
                (f"{row.device}_{part}", value) for part, value in named if value is not None
            )
    yield from ((name, host[name]) for name in _LAST if name in host)


def _of_tflm(row: DeviceRow) -> Iterator[tuple[str, float]]:
    if row.runs is None:
        return
    yield "runs_on_tflm", float(row.runs)
    if "ram_bytes" in row.figures:
        yield "tflm_arena_bytes", row.figures["ram_bytes"]
    if "agreement" in row.figures:
        yield "tflm_agreement", row.figures["agreement"]
