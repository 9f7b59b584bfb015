"""Read what a model file says of its model, without Keras and without executing anything."""

import json
import re
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]

from runner.files.h5_structure import require_sound
from runner.files.regular_file import UnfitFile, open_regular, read_bytes, require_regular
from runner.files.sizes import MOST_UNPACKED, require_plausible
from runner.files.zip_bounds import open_bounded, pieces, read_member
from runner.models.errors import Unfit, short
from runner.models.saved_model import METADATA, objects_in_metadata

WEIGHTS = "model.weights.h5"
# In bytes; the largest networks of Keras take 2 MB to describe.
MOST_TEXT = 32_000_000
_WHOLE = "save the whole model, with model.save(...)"


@dataclass(frozen=True)
class Description:
    """Hold what a file says of its model.

    Attributes:
        keras_version: version of Keras that wrote the file.
        layers: the layers as Keras describes them, in nested dicts and lists.
        loss: the loss as `compile` took it; None for a model that was not compiled.
    """

    keras_version: str
    layers: Any
    loss: Any

    @property
    def of_keras_3(self) -> bool:
        """Tell whether Keras 3 wrote the file, which Keras 2 cannot read."""
        return bool(re.match(r"[3-9]\.", self.keras_version))


def read(path: Path, trust: bool = False) -> Description:
    """Read the description of a model from an .h5 or .keras file or a SavedModel folder.

    Args:
        trust: whether the file may be of any structure and size.

    Raises:
        Unfit: there is no such file, it holds no whole model of Keras, or takes data from other
            files, or says that it holds more than it can.
    """
    try:
        if not path.exists():
            raise Unfit("no such file or folder")
        if path.is_dir():
            return _saved_model(path)
        require_regular(path)
        if zipfile.is_zipfile(path):
            return _keras(path, trust)
        if h5py.is_hdf5(path):
            return _h5(path, trust)
        open_regular(path).close()
    except UnfitFile as reason:
        raise Unfit(str(reason)) from None
    except (OSError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise Unfit(f"cannot be read ({short(error)})") from None
    raise Unfit("is no model: must be a .h5 or .keras file of Keras, or a SavedModel folder")


def _h5(path: Path, trust: bool) -> Description:
    with h5py.File(path) as file:
        if not trust:
            require_sound(file, path.stat().st_size)
        version, config, training = (
            _text(file.attrs.get(name))
            for name in ("keras_version", "model_config", "training_config")
        )
        if not config or "model_weights" not in file:
            raise Unfit(f"holds no model, at most its weights: {_WHOLE}")
    return _describe(version, json.loads(config), json.loads(training or "{}"))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value or "")


def _keras(path: Path, trust: bool) -> Description:
    if path.suffix != ".keras":
        raise Unfit("is a zip file: Keras reads such a model only if its name ends in .keras")
    with open_regular(path) as file, open_bounded(file) as archive:
        names = archive.namelist()
        if "config.json" not in names or "metadata.json" not in names:
            raise Unfit(f"is a zip file without a model of Keras: {_WHOLE}")
        metadata, config = (
            json.loads(read_member(archive, f"{name}.json", MOST_TEXT))
            for name in ("metadata", "config")
        )
        if not trust and WEIGHTS in names:
            _require_sound_weights(archive)
    return _describe(metadata["keras_version"], config, config.pop("compile_config", None))


def _require_sound_weights(archive: zipfile.ZipFile) -> None:
    stored = archive.getinfo(WEIGHTS).compress_size
    require_plausible(archive.getinfo(WEIGHTS).file_size, stored, "weights")
    # HDF5 reads files.
    with tempfile.NamedTemporaryFile(suffix=".h5") as unpacked:
        for piece in pieces(archive, WEIGHTS, MOST_UNPACKED):
            unpacked.write(piece)
        unpacked.flush()
        if not h5py.is_hdf5(unpacked.name):
            raise Unfit(f"its {WEIGHTS} is no HDF5 file")
        with h5py.File(unpacked.name) as weights:
            require_sound(weights, stored)


def _saved_model(path: Path) -> Description:
    if not (path / "saved_model.pb").is_file():
        raise Unfit("is a folder without a SavedModel (saved_model.pb)")
    metadata = path / METADATA
    objects = objects_in_metadata(read_bytes(metadata, MOST_TEXT)) if metadata.is_file() else {}
    if "root" not in objects:
        raise Unfit(
            "is a SavedModel without Keras' part (keras_metadata.pb), as model.export(...) and "
            f"tf.saved_model.save(...) write it: {_WHOLE}"
        )
    trainings = [described.pop("training_config", None) for described in objects.values()]
    version = objects["root"].get("keras_version", "2")
    return _describe(version, list(objects.values()), next(filter(None, trainings), None))


def _describe(version: Any, layers: Any, training: Any) -> Description:
    return Description(str(version), layers, (training or {}).get("loss"))
