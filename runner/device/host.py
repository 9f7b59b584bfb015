"""Measure files on this machine: by LiteRT's latency, and by the user's own command."""

import hashlib
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from runner.data.images import AnyImages
from runner.device.file_by_file import FAILED, Answer, ask
from runner.device.latency import IMAGES, processor
from runner.device.own_command import CommandFailed, measure_by
from runner.device.table import HOST, DeviceRow
from runner.device.wanted import Wanted
from runner.settings.targets import Target

log = logging.getLogger(__name__)

# Before the names that the command prints.
OWN = "own/"
# For a file, which is run at least 70 times.
_SECONDS = 600.0


def host_rows(
    files: Mapping[Target, Path], wanted: Wanted, images: AnyImages | None
) -> list[DeviceRow]:
    """Measure each file on this machine, where that is asked for.

    Figures are latency_ms and latency_p90_ms, the median and the 90th percentile for one image, of
    TFLite files, and own/NAME for each number that the user's command prints.

    Args:
        images: test images as the files take them; None leaves latencies out.
    """
    timed = _latencies(files, images) if wanted.latency and images is not None else {}
    rows = (_row(target, path, wanted, timed.get(target)) for target, path in files.items())
    return [row for row in rows if row.figures or row.reason]


def host_tool(wanted: Wanted) -> str:
    """Name what measures on this machine; the command by a digest, for it may hold a secret."""
    cpu = [f"LiteRT on {processor()}"] if wanted.latency else []
    digest = hashlib.sha256((wanted.command or "").encode()).hexdigest()[:8]
    own = [f"measure.command {digest}"] if wanted.command else []
    return "; ".join([*cpu, *own])


def _latencies(files: Mapping[Target, Path], images: AnyImages) -> Mapping[str, Answer]:
    timed = {target: path for target, path in files.items() if target.conversion}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npy"
        np.save(path, images[:IMAGES])
        questions = {
            str(target): {"path": str(file), "images": str(path)} for target, file in timed.items()
        }
        return ask("runner.device.latency_process", questions, _SECONDS)


def _row(target: Target, path: Path, wanted: Wanted, timed: Answer | None) -> DeviceRow:
    figures: dict[str, float] = {}
    reasons: list[str] = []
    if timed and FAILED in timed:
        reasons.append(f"measure.latency: {timed[FAILED]}")
    elif timed:
        figures |= timed
    if wanted.command:
        try:
            own = measure_by(wanted.command, path, wanted.command_seconds, wanted.folder)
            figures |= {f"{OWN}{name}": value for name, value in own.items()}
        except CommandFailed as failure:
            reasons.append(f"measure.command {failure}")
    for reason in reasons:
        log.warning("%s: %s", f"{target} of {wanted.run}" if wanted.run else target, reason)
    return DeviceRow(target, HOST, None, "; ".join(reasons), host_tool(wanted), figures)
