"""Time what devices cost a point: TFLite Micro and multiplications always, the rest where asked.

python -m benchmarks.device_cost

In seconds of the clock, the median of several runs, with the files of `export=standard` of
untrained networks, on random images of MNIST's shape. Vela starts anew for each file.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from runner.backend import make_repeatable
from runner.device.macs import macs_of
from runner.device.measurement import measure_devices
from runner.device.wanted import Wanted
from runner.export.convert import export
from runner.export.frozen_model import exportables
from runner.models import architectures
from runner.settings import Settings
from runner.settings.devices import Device
from runner.settings.targets import Target

_NETWORKS = ("lenet_300_100", "mnist_cnn", "depthwise_cnn", "resnet_small")
_SHAPE, _IMAGES, _CLASSES, _RUNS = (28, 28, 1), 1000, 10, 5


def main() -> None:
    """Measure and print."""
    make_repeatable(0, 1)
    images = np.random.default_rng(0).random((_IMAGES, *_SHAPE), dtype=np.float32)
    print(
        "| network | TFLite Micro | multiplications | with a microcontroller | with ethos_u55_128 |"
    )
    print("|---|---|---|---|---|")
    for name in _NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            files = _export(name, Path(folder), images)
            print(f"| {name} | " + " | ".join(_cost(files, images)) + " |", flush=True)


def _cost(files: Mapping[Target, Path], images: np.ndarray) -> list[str]:
    micro = Wanted((Device.MICROCONTROLLER,))
    ethos = Wanted((Device.ETHOS_U55_128,))
    timed = (
        _seconds(lambda: measure_devices(files, Wanted(), images)),
        _seconds(lambda: macs_of(files)),
        _seconds(lambda: measure_devices(files, micro, images)),
        _seconds(lambda: measure_devices(files, ethos, images)),
    )
    return [f"{seconds:.3f} s" for seconds in timed]


def _seconds(work: Callable[[], object]) -> float:
    timings = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        work()
        timings.append(time.perf_counter() - started)
    return statistics.median(timings)


def _export(name: str, folder: Path, images: np.ndarray) -> dict[Target, Path]:
    """Write the files that a point writes unasked."""
    targets = Settings().export.targets
    model = architectures.build(name, _SHAPE, _CLASSES)
    with exportables(model, batch=1) as sources:
        return {target: export(sources.plain, target, folder, images[:100]) for target in targets}


if __name__ == "__main__":
    main()
