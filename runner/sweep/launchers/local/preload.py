"""Import and load, in the server process that workers are forked from, what every point needs.

TensorFlow's and MLflow's modules, and the data sets that the environment names, are in memory once.
No model is built here: TensorFlow's threads, which building starts, do not survive a fork.
"""

import gc
import json
import os
from contextlib import suppress
from pathlib import Path

# A program that reads the sweep's output to its end must not wait for this process.
for number in (1, 2):
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)

# ruff: noqa: E402
# Brings TensorFlow, Keras, TFMOT and LiteRT with it.
from runner import tracking
from runner.data import dataset
from runner.point import run
from runner.settings import DatasetSettings
from runner.settings.paths import register
from runner.sweep.launchers.local.forkserver import DATASETS
from runner.tracking.origin import commit

__all__ = ["run"]

register()
tracking.preload()
commit(Path.cwd())
for wanted in json.loads(os.environ.get(DATASETS, "[]")):
    # The point that needs the data set reports what is wrong with it.
    with suppress(Exception):
        dataset.load(DatasetSettings(**wanted["settings"]), Path(wanted["cache"]))
gc.collect()
# Collections in the workers then leave what is here alone, and its memory stays shared.
gc.freeze()
