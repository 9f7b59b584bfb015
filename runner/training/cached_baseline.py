"""Write a trained baseline into the cache, and read its weights and its history back.

The cache is not trusted: nothing but numbers is taken from it.
"""

import hashlib
import json
import math
import os
import shutil
from io import BufferedReader
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from runner.backend import keras, save_h5
from runner.errors import Refused, StepFailed, one_line
from runner.files import private_folder
from runner.settings import BaselineSettings, Settings
from runner.settings.cache_paths import baseline_folder
from runner.training.cached_weights import give_weights
from runner.training.train import History

_MODEL = "model.h5"
_RECORD = "record.json"
NAMES = (_MODEL, _RECORD)


class DamagedCache(StepFailed):
    """The files of a cached baseline are incomplete or changed."""


class _Record(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    sha256: str
    history: dict[Literal["loss", "train_accuracy", "val_loss", "val_accuracy"], list[float]]


def write(settings: Settings, signature: str, model: keras.Model, history: History) -> None:
    """Write to a temporary folder and rename it, so that a cached baseline is always complete."""
    folder = baseline_folder(settings, signature)
    name = f".{folder.name}.{os.getpid()}"
    shutil.rmtree(folder.with_name(name), ignore_errors=True)
    temporary = private_folder.make(settings.cache.folder, folder.parent.name, name)
    save_h5(model, str(temporary / _MODEL))
    with (temporary / _MODEL).open("rb") as file:
        record = {"sha256": _sha256(file, dict(history)), "history": dict(history)}
    (temporary / _RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    private_folder.close_to_others(temporary)
    temporary.replace(folder)


def files(settings: Settings, signature: str) -> tuple[list[Path], str]:
    """Return the files of a cached baseline, and what identifies its weights.

    Raises:
        DamagedCache: it is not whole.
        Refused: a file there is not its user's alone.
    """
    folder = baseline_folder(settings, signature)
    return [folder / _MODEL, folder / _RECORD], _record(settings, folder).sha256


def take(settings: Settings, signature: str, copied: Path, weights: str) -> None:
    """Take a baseline into the cache that another machine has trained, whole or not at all.

    Args:
        copied: a folder with its files.
        weights: what identifies its weights.

    Raises:
        DamagedCache: they are not those, or not whole.
    """
    folder = baseline_folder(settings, signature)
    name = f".{folder.name}.{os.getpid()}"
    shutil.rmtree(folder.with_name(name), ignore_errors=True)
    temporary = private_folder.make(settings.cache.folder, folder.parent.name, name)
    for each in NAMES:
        shutil.copyfile(copied / each, temporary / each)
    private_folder.close_to_others(temporary)
    record = _record(settings, temporary)
    with (temporary / _MODEL).open("rb") as file:
        if not record.sha256 == weights == _sha256(file, _history(record)):
            raise DamagedCache("the baseline in the store is not what was logged")
    shutil.rmtree(folder, ignore_errors=True)
    temporary.replace(folder)


def read(settings: Settings, signature: str, model: keras.Model) -> History:
    """Give a model the weights of its cached baseline, and return the history of these.

    Args:
        model: what the settings ask for.

    Raises:
        DamagedCache: a file is missing, is not what was written, or does not fit the model.
        Refused: a file there is not its user's alone.
    """
    folder, root = baseline_folder(settings, signature), settings.cache.folder
    try:
        record = _record(settings, folder)
        history = _history(record)
        _require_whole(history, settings.baseline)
        with private_folder.open_own(root, folder / _MODEL) as file:
            if record.sha256 != _sha256(file, history):
                raise DamagedCache("the model or its history is not what was written")
            file.seek(0)
            give_weights(model, file)
    except (DamagedCache, Refused):
        raise
    except Exception as error:
        # h5py and NumPy raise many kinds of errors for damaged bytes.
        raise DamagedCache(one_line(error)) from error
    return history


def _record(settings: Settings, folder: Path) -> _Record:
    try:
        with private_folder.open_own(settings.cache.folder, folder / _RECORD) as file:
            return _Record.model_validate_json(file.read())
    except Refused:
        raise
    except (OSError, ValueError) as error:
        raise DamagedCache(one_line(error)) from error


def _history(record: _Record) -> History:
    return {str(name): values for name, values in record.history.items()}


def _require_whole(history: History, baseline: BaselineSettings) -> None:
    lengths = {len(values) for values in history.values()}
    epochs, stops = baseline.epochs, baseline.early_stopping is not None
    possible = range(1, epochs + 1) if stops else [epochs]
    if len(lengths) != bool(epochs) or not lengths.issubset(possible):
        raise DamagedCache(f"its history is not that of {epochs} epochs")
    for name, values in history.items():
        # Training ends where its own loss is not a number, and only there.
        if name != "val_loss" and not all(map(math.isfinite, values)):
            raise DamagedCache(f"its history has a {name} that is not a number")


def _sha256(model: BufferedReader, history: History) -> str:
    digest = hashlib.file_digest(model, "sha256")
    digest.update(json.dumps(history, sort_keys=True).encode())
    return digest.hexdigest()
