"""Runs of ours go in; figures of theirs come out beside those that others published."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from runner.results.choice import File
from runner.tracking import Record


@dataclass(frozen=True)
class Ours:
    """Runs to compare: a baseline, the point pruned to 0.8 and no more, and the file picked."""

    baseline: Record
    pruned: Record | None
    picked: File | None
    files: Sequence[File]


# Returns ours; empty where the sweep has no such run.
Figure = Callable[[Ours], str]


@dataclass(frozen=True)
class Published:
    """What others came to, in their own words, where they say so, and how ours is read."""

    source: str
    sweep: str
    architecture: str
    figures: Mapping[str, tuple[str, Figure]]


def _baseline(metric: str) -> Figure:
    return lambda ours: _shown(metric, ours.baseline.metrics[metric])


def _pruned(metric: str) -> Figure:
    return lambda ours: _shown(metric, ours.pruned.metrics[metric]) if ours.pruned else ""


def _shown(metric: str, value: float) -> str:
    return f"{value:,.0f} B" if "bytes" in metric else f"{value * 100:.2f} %"


def _error(ours: Ours) -> str:
    return f"{(1 - ours.baseline.metrics['accuracy/h5']) * 100:.2f} %"


def _picked_error(ours: Ours) -> str:
    return f"{(1 - ours.picked.accuracy) * 100:.2f} %" if ours.picked else ""


def _picked_bytes(ours: Ours) -> str:
    return _times(ours, ours.picked) if ours.picked else ""


def _smallest_at(error: float) -> Figure:
    def smallest(ours: Ours) -> str:
        good = [file for file in ours.files if 1 - file.accuracy <= error]
        best = min(good, key=lambda file: file.zip_bytes, default=None)
        return f"{_times(ours, best)}, error {(1 - best.accuracy) * 100:.2f} %" if best else ""

    return smallest


def _times(ours: Ours, file: File) -> str:
    times = ours.baseline.metrics["size_bytes/h5"] / file.zip_bytes
    return f"{file.zip_bytes:,.0f} B, zipped: {times:.1f} times smaller"


PUBLISHED = (
    Published(
        "TensorFlow Model Optimization, tutorial “Pruning in Keras example” (4 dense epochs)",
        "results_mnist",
        "mnist_cnn",
        {
            "baseline, test accuracy": ("97.68 %", _baseline("accuracy/h5")),
            "baseline h5, zipped": ("78 kB", _baseline("zip_bytes/h5")),
            "pruned to 0.8, test accuracy": ("97.3 %", _pruned("accuracy/h5")),
            "pruned h5, zipped": ("25.7 kB", _pruned("zip_bytes/h5")),
            "pruned tflite_dynamic, zipped": ("8.2 kB", _pruned("zip_bytes/tflite_dynamic")),
        },
    ),
    Published(
        "the article whose Fashion-MNIST network is shipped as fashion_cnn",
        "results_fashion_mnist",
        "fashion_cnn",
        {
            "baseline, test accuracy": ("86.97 %", _baseline("accuracy/h5")),
            "pruned to 0.8, test accuracy": ("82.90 %", _pruned("accuracy/h5")),
        },
    ),
    Published(
        "Han, Mao and Dally, “Deep Compression”, 2016, table 1",
        "deep_compression",
        "lenet_300_100",
        {
            "float model": ("1,070 KB", _baseline("size_bytes/h5")),
            "test error, float": ("1.64 %", _error),
            "compressed": ("27 KB, 40 times smaller", _picked_bytes),
            "test error, compressed": ("1.58 %", _picked_error),
            "smallest file of that error, chosen on the test images": ("", _smallest_at(0.0164)),
        },
    ),
)
