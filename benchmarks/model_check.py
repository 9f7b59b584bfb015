"""Time the check of a user's model file before a command computes anything.

python -m benchmarks.model_check

Each check is a process of its own, as a command is: it plans one point, which inspects the model
in a further process. In seconds of the processor too, all processes together, which other programs
change less. The time of importing what planning needs is not counted.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

_RUNS = 3
_SIDE, _CLASSES = 32, 10
_WRITE = """
import sys
from runner.backend import keras
folder, side, classes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
layers, shape = keras.layers, (side, side, 3)
small = keras.Sequential([
    layers.Input(shape), layers.Conv2D(8, 3, name="conv"), layers.Flatten(),
    layers.Dense(classes, name="out"),
])
small.save(f"{folder}/small.h5")
small.save(f"{folder}/small.keras")
of_keras = {"weights": None, "input_shape": shape, "classes": classes}
keras.applications.MobileNet(alpha=0.25, **of_keras).save(f"{folder}/MobileNet.keras")
keras.applications.ResNet50(**of_keras).save(f"{folder}/ResNet50.h5")
"""
_CHECK = """
import resource, sys, time
from runner.planning import preflight
from runner.settings import Settings
settings = Settings.model_validate({
    "architecture": {"name": "keras_file", "path": sys.argv[1], "check_scale": False},
    "dataset": {"name": "npz", "path": sys.argv[2]},
    "cache": {"folder": sys.argv[3]},
})
def processor():
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)
begin, used = time.monotonic(), processor()
preflight.check(settings)
print(time.monotonic() - begin, processor() - used)
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = [str(_SIDE), str(_CLASSES)]
        subprocess.run([sys.executable, "-c", _WRITE, name, *sizes], check=True)
        data = _write_images(folder / "images.npz")
        print("| file | MB | seconds, the fastest of 3 | of the processor, the least of 3 |")
        print("|---|---|---|---|")
        for path in sorted((*folder.glob("*.h5"), *folder.glob("*.keras"))):
            runs = [_seconds(path, data, folder) for _ in range(_RUNS)]
            wall, processor = map(min, zip(*runs, strict=True))
            size = path.stat().st_size / 1e6
            print(f"| {path.name} | {size:.1f} | {wall:.1f} | {processor:.1f} |", flush=True)


def _write_images(path: Path) -> Path:
    draw = np.random.default_rng(0)
    arrays = {}
    for part in ("train", "test"):
        arrays[f"x_{part}"] = draw.integers(0, 256, (200, _SIDE, _SIDE, 3), np.uint8)
        arrays[f"y_{part}"] = np.arange(200) % _CLASSES
    # An array could have the name of another parameter of savez, of another type.
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def _seconds(model: Path, data: Path, cache: Path) -> tuple[float, float]:
    command = [sys.executable, "-c", _CHECK, str(model), str(data), str(cache)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    wall, processor = map(float, done.stdout.splitlines()[-1].split())
    return wall, processor


if __name__ == "__main__":
    main()
