"""Execute the notebook of the manual, in a process that already uses Keras 3."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import PROJECT
from tests.helpers.stores import runs_in

NOTEBOOK = PROJECT / "docs" / "guide" / "notebook.ipynb"
# What the runner itself must never meet: Keras 3, and another number of threads.
KERAS_3 = """
import os
os.environ["TF_USE_LEGACY_KERAS"] = "0"
import keras, numpy, tensorflow
tensorflow.config.threading.set_intra_op_parallelism_threads(2)
assert keras.__version__.startswith("3.")
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2)])
model.compile("adam", "mse")
model.fit(numpy.zeros((8, 4)), numpy.zeros((8, 2)), verbose=0)
"""
STILL_THERE = "assert model.predict(numpy.zeros((1, 4)), verbose=0).shape == (1, 2)"


@pytest.mark.long
def test_the_notebook_runs_beside_keras_3_and_ends_with_the_picture(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "kept without outputs"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(KERAS_3))
    notebook.cells.append(nbformat.v4.new_code_cell(STILL_THERE))
    client = NotebookClient(
        notebook, timeout=HANGS_AFTER, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    (picture,) = notebook.cells[-2].outputs
    assert "Accuracy against zipped bytes" in str(picture.data)
    assert (tmp_path / "model.tflite").stat().st_size > 0
    assert len(runs_in(tmp_path, "point")) == 4
