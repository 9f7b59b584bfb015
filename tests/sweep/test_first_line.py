"""The first line of a sweep is on the screen before anything that takes long to import."""

import subprocess
import sys
from pathlib import Path

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.tiny import quick

# A standard output that ends its process once it is written to, and says what is imported then.
_ENDS_WITH_THE_FIRST_LINE = """
import os, runpy, sys

class FirstLine:
    encoding, errors = "utf-8", "strict"
    def isatty(self): return False
    def flush(self): pass
    def write(self, text):
        names = sorted({name.partition(".")[0] for name in sys.modules})
        sys.__stdout__.write(text + " ".join(names))
        sys.__stdout__.flush()
        os._exit(0)

sys.stdout = FirstLine()
runpy.run_module("runner", run_name="__main__", alter_sys=True)
"""
_HEAVY = {
    *("tensorflow", "tf_keras", "keras", "tensorflow_model_optimization", "mlflow", "sqlalchemy"),
    *("pandas", "scipy", "sklearn", "plotly", "jinja2", "ai_edge_litert", "tflite_micro"),
    *("PIL", "ray", "submitit", "fsspec", "boto3"),
}


def test_it_says_which_points_there_are_while_nothing_heavy_is_imported(
    npz: Path, tmp_path: Path
) -> None:
    varied = ["schedule.final_sparsity=0.5,0.8", "schedule.epochs=1,2"]
    done = subprocess.run(
        [sys.executable, "-c", _ENDS_WITH_THE_FIRST_LINE, "-m", *quick(npz), *varied],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=HANGS_AFTER,
    )  # fmt: skip
    line, modules = done.stdout.split("\n")
    name = "final_sparsity-x-epochs"
    assert line == f"{name}: 4 points, lenet_300_100 on npz, final_sparsity 0.5,0.8, epochs 1,2"
    assert _HEAVY & set(modules.split()) == set()
    assert "runner" in modules.split()
