"""Measure the memory that the workers of a sweep take, over images that need not fit into it.

python -m benchmarks.memory [--images 20000] [--side 224] [--workers 2]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.fixtures.drawn_images import write_images
from benchmarks.fixtures.sweep_folder import settings_within

_NETWORK = """
from tf_keras import Sequential, layers


def build(input_shape, classes):
    return Sequential(
        [
            layers.Conv2D(4, 8, 8, activation="relu", input_shape=input_shape),
            layers.GlobalAveragePooling2D(),
            layers.Dense(16, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )
"""
_BETWEEN_LOOKS = 0.25
_FLOAT = 4


@dataclass
class Peak:
    """The most memory that a process was seen to take, in bytes.

    Attributes:
        role: what it does for the sweep.
        anonymous: RssAnon: pages that no file stands behind; those that it still shares with the
            process it was forked from count in full.
        own: PSS of the same pages: those that are shared count in parts.
        proportional: PSS of all pages, those of files too, which the kernel may drop at any time.
    """

    role: str
    anonymous: int = 0
    own: int = 0
    proportional: int = 0

    def look(self, process: psutil.Process) -> None:
        """Look at the process now."""
        proc = Path("/proc") / str(process.pid)
        self.anonymous = max(self.anonymous, _bytes(proc / "status", "RssAnon"))
        self.own = max(self.own, _bytes(proc / "smaps_rollup", "Pss_Anon"))
        self.proportional = max(self.proportional, _bytes(proc / "smaps_rollup", "Pss"))


@dataclass
class Watch:
    """Look at all processes of a command while it runs."""

    peaks: dict[int, Peak] = field(default_factory=dict)

    def follow(self, command: "subprocess.Popen[bytes]") -> None:
        """Look until the command has ended."""
        root = psutil.Process(command.pid)
        while command.poll() is None:
            for process in (root, *root.children(recursive=True)):
                try:
                    role = _role(root, process)
                    self.peaks.setdefault(process.pid, Peak(role)).look(process)
                except (psutil.NoSuchProcess, ProcessLookupError, FileNotFoundError):
                    # It has ended since it was listed.
                    continue
            time.sleep(_BETWEEN_LOOKS)

    def largest(self, role: str) -> Peak:
        """Return the largest figures of all processes of a role."""
        peaks = [peak for peak in self.peaks.values() if peak.role == role] or [Peak(role)]
        names = ("anonymous", "own", "proportional")
        return Peak(role, *(max(getattr(peak, name) for peak in peaks) for name in names))


def main() -> None:
    """Draw images, run a sweep, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the images and the cache lie meanwhile")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        (folder / "network.py").write_text(_NETWORK, encoding="utf-8")
        write_images(folder / "images.npz", given.images, given.side)
        started = time.monotonic()
        watch = _sweep(folder, given.workers)
        seconds = time.monotonic() - started
    _print(watch, given.images * given.side**2 * 3, f"{given.images:,}", seconds)


def _sweep(folder: Path, workers: int) -> Watch:
    settings = [
        *("dataset=npz", f"dataset.path={folder}/images.npz"),
        *("architecture=callable", "architecture.target=network:build"),
        *("baseline.epochs=1", "schedule.epochs=1", "schedule.final_sparsity=0.5,0.8"),
        *("export.targets=[h5,tflite_float32,tflite_int8]", f"hydra.launcher.n_jobs={workers}"),
    ]
    command = [sys.executable, "-m", "runner", "-m", *settings, *settings_within(folder)]
    watch = Watch()
    with (folder / "printed.txt").open("wb") as printed:
        process = subprocess.Popen(command, cwd=folder, stdout=printed, stderr=printed)
        watch.follow(process)
    if process.returncode:
        sys.exit((folder / "printed.txt").read_text(encoding="utf-8"))
    return watch


def _role(root: psutil.Process, process: psutil.Process) -> str:
    """Name what a process does: workers are forked from the server that the sweep has started."""
    if process.pid == root.pid:
        return "the sweep"
    line = " ".join(process.cmdline())
    if "forkserver" not in line:
        return "other"
    parent = process.parent()
    forked = parent is not None and "forkserver" in " ".join(parent.cmdline())
    return "a worker" if forked else "the server that workers are forked from"


def _bytes(path: Path, name: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return 1024 * int(found[0]) if found else 0


def _print(watch: Watch, values: int, images: str, seconds: float) -> None:
    print(f"\n{images} images: {values / 1e9:.2f} GB as bytes, {_FLOAT * values / 1e9:.2f} GB as")
    print(f"float32; the sweep took {seconds:.0f} s\n")
    print("| process | RssAnon | PSS, anonymous | PSS |")
    print("|---|---|---|---|")
    for role in ("the sweep", "the server that workers are forked from", "a worker"):
        peak = watch.largest(role)
        figures = (peak.anonymous, peak.own, peak.proportional)
        print(f"| {role} | {' | '.join(f'{figure / 1e9:.2f} GB' for figure in figures)} |")


if __name__ == "__main__":
    main()
