"""Compile files for an Ethos-U by Vela, and read what it estimates."""

import csv
import logging
import re
import signal
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.device.ethos_u import options
from runner.device.table import DeviceRow
from runner.device.tflm import NO_TFLITE_FILE
from runner.device.tools import TFLITE_MICRO, VELA, tool
from runner.errors import RunnerError
from runner.process import isolated
from runner.process.isolated import Exhausted, Limits
from runner.settings.devices import Device
from runner.settings.targets import Target

log = logging.getLogger(__name__)

# What compiling one file may take.
_LIMITS = Limits(memory=8 * 10**9, seconds=300)
_CPU, _NPU = (re.compile(rf"^{name} operators = (\d+)", re.MULTILINE) for name in ("CPU", "NPU"))
_REASON = re.compile(r"operator: (\w+).*\n\s*(?:-\s*)?Reason: (.+)")
_WORDS = 500
_MISSING = f"{VELA} is not installed"
# Three operators of a layer would fall back, and the time that they take is in no figure.
_ENCODED = "made for TFLite Micro alone: its weights are decoded by the CPU, not by the Ethos-U"


@dataclass(frozen=True)
class _Compiled:
    """What Vela says of a file: figures, and why operators stay on the CPU; or why it fails."""

    figures: Mapping[str, float]
    reason: str


def compile_file(path: Path, device: Device, folder: Path) -> tuple[Path, Mapping[str, float]]:
    """Compile one file for an Ethos-U into a folder, by the options that its figures come from.

    Returns:
        The compiled file, and the figures as `ethos_rows` has them.

    Raises:
        RunnerError: Vela fails, or no operator would run on the Ethos-U.
    """
    compiled = _compile(path, device, folder)
    if not compiled.figures.get("npu_operators"):
        raise RunnerError(f"{path.name}: not compiled for {device} ({compiled.reason})")
    return _compiled_in(folder), compiled.figures


def ethos_rows(
    files: Mapping[Target, Path], devices: Sequence[Device], tflm: Sequence[DeviceRow]
) -> list[DeviceRow]:
    """Compile each file for each Ethos-U among the devices.

    Figures are Vela's own, for one run of the file: flash_bytes and ram_bytes (of its flash and its
    SRAM), cycles, latency_ms, npu_operators and cpu_operators. They are estimates, for the memories
    that `ethos_u.SYSTEMS` names. Where operators are left on the CPU, flash_bytes is the size of
    the compiled file, ram_bytes and cycles are of the Ethos-U's part alone, and there is no
    latency_ms: a budget would be kept by a time that is not the whole one.

    Args:
        tflm: what TFLite Micro makes of each file, which runs the operators beside the Ethos-U.
    """
    micro = {row.target: row for row in tflm}
    asked = [device for device in devices if device.is_ethos_u]
    rows = [
        _row(target, path, device, micro.get(target))
        for device in asked
        for target, path in files.items()
    ]
    if any(row.reason == _MISSING for row in rows):
        log.warning("figures of %s are left out: %s", ", ".join(asked), _MISSING)
    return rows


def _row(target: Target, path: Path, device: Device, micro: DeviceRow | None) -> DeviceRow:
    measured_by = tool(device)
    if path.suffix != ".tflite":
        return DeviceRow(target, device, False, NO_TFLITE_FILE, measured_by)
    if target.encoding:
        return DeviceRow(target, device, False, _ENCODED, measured_by)
    with tempfile.TemporaryDirectory() as folder:
        compiled = _compile(path, device, Path(folder)) if measured_by else _Compiled({}, _MISSING)
    if compiled.reason == _MISSING:
        return DeviceRow(target, device, None, _MISSING)
    runs, reason = _verdict(compiled, micro)
    return DeviceRow(target, device, runs, reason, measured_by, compiled.figures)


def _verdict(compiled: _Compiled, micro: DeviceRow | None) -> tuple[bool | None, str]:
    """Tell whether the device runs a file, and why not."""
    figures = compiled.figures
    if not figures:
        return False, compiled.reason
    if not figures["npu_operators"]:
        return False, f"no operator runs on the Ethos-U: {compiled.reason}"
    number = int(figures["cpu_operators"])
    if not number or (micro and micro.runs):
        return True, ""
    left = f"operators left on the CPU: {number} ({compiled.reason})"
    if micro is None or micro.runs is None:
        return None, f"{left}; {TFLITE_MICRO}, which has to run them, is not installed"
    return False, f"{left}, where TFLite Micro refuses the file: {micro.reason}"


def _compile(path: Path, device: Device, folder: Path) -> _Compiled:
    arguments = [*options(device), "--output-dir", str(folder.absolute()), str(path.absolute())]
    try:
        done = isolated.run("ethosu.vela", *arguments, limits=_LIMITS, folder=folder)
    except Exhausted as reason:
        return _Compiled({}, f"Vela {reason}")
    summary = next(folder.glob("*_summary_*.csv"), None)
    counts = [pattern.search(done.stdout) for pattern in (_NPU, _CPU)]
    if "No module named 'ethosu" in done.stderr:
        return _Compiled({}, _MISSING)
    if done.returncode < 0:
        return _Compiled({}, f"Vela is ended by {signal.Signals(-done.returncode).name}")
    if done.returncode or summary is None or None in counts:
        return _Compiled({}, f"Vela fails: {_last_words(done.stdout + done.stderr)}")
    npu, cpu = [float(count[1]) for count in counts if count]
    figures = {"npu_operators": npu, "cpu_operators": cpu}
    if npu:
        whole = _estimates(summary)
        figures |= _of_a_part(whole, _compiled_in(folder)) if cpu else whole
    return _Compiled(figures, _reasons(done.stdout))


def _compiled_in(folder: Path) -> Path:
    (compiled,) = folder.glob("*_vela.tflite")
    return compiled


def _estimates(summary: Path) -> dict[str, float]:
    with summary.open(newline="", encoding="utf-8") as file:
        (line,) = csv.DictReader(file)
    names = ("on_chip_flash_memory_used", "off_chip_flash_memory_used")
    flash = sum(float(line[name]) for name in names)
    # In KiB and seconds there.
    return {
        "flash_bytes": flash * 1024,
        "ram_bytes": float(line["sram_memory_used"]) * 1024,
        "cycles": float(line["cycles_total"]),
        "latency_ms": round(float(line["inference_time"]) * 1000, 9),
    }


def _of_a_part(figures: Mapping[str, float], compiled: Path) -> dict[str, float]:
    """Correct what Vela estimates without the weights and the time of what stays on the CPU."""
    flash = max(figures["flash_bytes"], float(compiled.stat().st_size))
    known = {name: value for name, value in figures.items() if name != "latency_ms"}
    return {**known, "flash_bytes": flash}


def _reasons(text: str) -> str:
    """Say why operators stay on the CPU: each reason once, with the operators that it keeps."""
    kinds: dict[str, dict[str, None]] = {}
    for kind, why in _REASON.findall(text):
        # The name of a tensor follows.
        kinds.setdefault(why.partition(" (")[0].strip(), {})[kind] = None
    return "; ".join(f"{why} ({', '.join(names)})" for why, names in kinds.items())[:_WORDS]


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if line.startswith("Error") or "Error:" in line]
    return " ".join((said or lines or ["nothing is said"])[-1].split())[:_WORDS]
