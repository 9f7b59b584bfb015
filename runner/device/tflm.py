"""Measure what TFLite Micro makes of files: whether it runs them, and in which arena."""

import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from runner.data.images import AnyImages
from runner.device.file_by_file import FAILED, Answer, ask
from runner.device.table import DeviceRow
from runner.device.tools import TFLITE_MICRO, tool
from runner.device.wanted import Wanted
from runner.settings.devices import Device
from runner.settings.targets import Target

log = logging.getLogger(__name__)

NO_TFLITE_FILE = "not a TFLite file"
# Seconds for a file besides its images: its reference kernels are slow.
_SECONDS = 60.0
# The agreement is measured on so many images at most.
IMAGES = 1000


def tflm_rows(
    files: Mapping[Target, Path], wanted: Wanted, images: AnyImages | None
) -> list[DeviceRow]:
    """Run each file once, and where a microcontroller is asked for, on images.

    Figures are flash_bytes, the file as it lies in memory, and ram_bytes, the arena that TFLite
    Micro says it has taken of what it was offered, at most 256 MiB. That arena is one of a machine
    of 64 bits: the pointers in it take half of that on a chip of 32 bits.

    Args:
        images: test images, of which the first 1,000 count; None leaves the agreement out.
    """
    asked = Device.MICROCONTROLLER in wanted.devices and images is not None and len(images) > 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npy"
        if asked and images is not None:
            np.save(path, images[:IMAGES])
        shared = {"images": str(path), "seconds": wanted.tflm_seconds} if asked else {}
        questions = {
            str(target): _question(target, files, shared) for target in files if _is_tflite(target)
        }
        seconds = _SECONDS + (2 * wanted.tflm_seconds if asked else 0)
        answers = ask("runner.device.tflm_process", questions, seconds)
    missing = [str(answer["missing"]) for answer in answers.values() if "missing" in answer]
    if missing:
        log.warning("TFLite Micro is left out, for %s is missing: %s", TFLITE_MICRO, missing[0])
    return [_row(target, path, answers.get(target)) for target, path in files.items()]


def _is_tflite(target: Target) -> bool:
    return target.file_name.endswith(".tflite")


def _question(
    target: Target, files: Mapping[Target, Path], shared: Mapping[str, Any]
) -> dict[str, Any]:
    question: dict[str, Any] = {"path": str(files[target])}
    lite = _run_by_litert(target, files)
    # Without it there is nothing to compare with.
    return {**question, **shared, "litert": str(lite)} if lite else question


def _run_by_litert(target: Target, files: Mapping[Target, Path]) -> Path | None:
    """Find what LiteRT runs to compare with: the file itself, or what it was made from."""
    if target.source is None:
        return files[target]
    beside = files[target].with_name(target.source.file_name)
    return files.get(target.source) or (beside if beside.is_file() else None)


def _row(target: Target, path: Path, answer: Answer | None) -> DeviceRow:
    device, measured_by = Device.MICROCONTROLLER, tool(Device.MICROCONTROLLER)
    figures = {"flash_bytes": float(path.stat().st_size)}
    if answer is None:
        return DeviceRow(target, device, False, NO_TFLITE_FILE, measured_by)
    if "missing" in answer:
        return DeviceRow(target, device, None, f"{TFLITE_MICRO} is not installed", "", figures)
    if FAILED in answer or "refused" in answer:
        reason = str(answer.get("refused") or answer[FAILED])
        return DeviceRow(target, device, False, reason, measured_by, figures)
    figures |= {
        name: float(answer[key])
        for name, key in (("ram_bytes", "arena"), ("agreement", "agreement"))
        if answer.get(key) is not None
    }
    return DeviceRow(target, device, True, answer.get("unmeasured", ""), measured_by, figures)
