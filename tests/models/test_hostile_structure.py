"""Model files whose structure harms: refused in one line before anything is unpacked or loaded."""

import shutil
import stat
import zipfile
from pathlib import Path

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest

from runner.backend import keras, make_repeatable
from runner.models import file_check
from runner.models.digest import digest
from runner.models.errors import Unfit
from runner.models.model_copy import copied
from tests.helpers.hostile.hdf5_files import H5
from tests.helpers.hostile.zip_files import ZIP
from tests.helpers.own_models import classifier, save

layers = keras.layers
FORMATS = ("model.h5", "model.keras")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model in each format."""
    make_repeatable(1, 1)
    folder = tmp_path_factory.mktemp("models")
    for name in FORMATS:
        save(classifier(), folder / name)
    return folder


def _line(path: Path) -> str:
    with pytest.raises(Unfit) as refusal:
        file_check.check(path, trust=False)
    line = str(refusal.value)
    assert "\n" not in line
    with pytest.raises(Unfit, match=r"."), copied(path, trust=False) as copy:
        file_check.check(copy.path, trust=False)
    return line


@pytest.mark.parametrize("kind", H5)
def test_an_h5_file(kind: str, models: Path, tmp_path: Path) -> None:
    change, fault = H5[kind]
    path = Path(shutil.copy(models / "model.h5", tmp_path))
    (tmp_path / "secret").write_bytes(bytes(range(256)) * 8)
    change(path, tmp_path / "secret")
    assert fault in _line(path)


@pytest.mark.parametrize("kind", H5)
def test_weights_inside_a_keras_file(kind: str, models: Path, tmp_path: Path) -> None:
    change, fault = H5[kind]
    (tmp_path / "secret").write_bytes(bytes(range(256)) * 8)
    with zipfile.ZipFile(models / "model.keras") as full:
        full.extractall(tmp_path / "parts")
    weights = tmp_path / "parts" / "model.weights.h5"
    change(weights, tmp_path / "secret")
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as changed:
        for part in (tmp_path / "parts").iterdir():
            changed.write(part, part.name)
    assert fault in _line(tmp_path / "model.keras")


@pytest.mark.parametrize("kind", ZIP)
def test_a_keras_file(kind: str, models: Path, tmp_path: Path) -> None:
    change, fault = ZIP[kind]
    path = Path(shutil.copy(models / "model.keras", tmp_path))
    change(path)
    assert fault in _line(path)
    assert not (tmp_path.parent / "marker").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_checked_is_what_is_loaded(name: str, models: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(models / name, tmp_path))
    before = digest(path)
    with copied(path, trust=False) as copy:
        # Another model takes the place of the file while it is looked at.
        path.write_bytes(b"another")
        file_check.check(copy.path, trust=False)
        loaded = keras.models.load_model(copy.path, compile=False)
        assert copy.digest == before != digest(path)
        assert stat.S_IMODE(copy.path.parent.stat().st_mode) == 0o700
    original = keras.models.load_model(models / name, compile=False)
    for one, other in zip(loaded.get_weights(), original.get_weights(), strict=True):
        assert np.array_equal(one, other)
    assert not copy.path.exists()


def test_a_folder_is_copied_whole(tmp_path: Path) -> None:
    (tmp_path / "model" / "variables").mkdir(parents=True)
    for name in ("saved_model.pb", "variables/variables.index"):
        (tmp_path / "model" / name).write_text(name)
    with copied(tmp_path / "model", trust=True) as copy:
        assert copy.digest == digest(tmp_path / "model") == digest(copy.path)
        assert (copy.path / "variables" / "variables.index").is_file()


def test_only_what_keras_reads_is_copied(models: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(models / "model.keras", tmp_path))
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("assets/other", b"more")
    with copied(path, trust=False) as copy, zipfile.ZipFile(copy.path) as file:
        assert sorted(file.namelist()) == ["config.json", "metadata.json", "model.weights.h5"]
    with copied(path, trust=True) as copy, zipfile.ZipFile(copy.path) as file:
        assert "assets/other" in file.namelist()


def test_what_pruned_and_compressed_files_look_like_is_accepted(
    models: Path, tmp_path: Path
) -> None:
    """Weights of zeros that are compressed a hundred times, as long as they are few."""
    path = Path(shutil.copy(models / "model.h5", tmp_path))
    with h5py.File(path, "a") as file:
        zeros = np.zeros((1000, 1000), np.float32)
        file.create_dataset("pruned", data=zeros, compression="gzip", shuffle=True, fletcher32=True)
    file_check.check(path, trust=False)


def test_long_lists_of_names_are_accepted(models: Path, tmp_path: Path) -> None:
    """Keras writes the names of many layers as texts of any length, into files of many weights."""
    path = Path(shutil.copy(models / "model.h5", tmp_path))
    names = [f"layer_{at}" for at in range(2_000)]
    with h5py.File(path, "a") as file:
        file["model_weights"].attrs.create("more_names", names, dtype=h5py.string_dtype())
        file["more_weights"] = np.zeros(20_000_000, np.float32)
    file_check.check(path, trust=False)
