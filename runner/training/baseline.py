"""Train the dense model that points start from, once for each signature."""

import hashlib
import json
import logging
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from runner.backend import keras, make_repeatable, save_h5
from runner.data.dataset import Dataset
from runner.errors import one_line
from runner.models import build
from runner.models.outputs import gives_logits
from runner.settings import Settings
from runner.settings.cache_paths import baseline_folder
from runner.training.train import History, train

log = logging.getLogger(__name__)

_MODEL = "model.h5"
_RECORD = "record.json"


@dataclass(frozen=True)
class Baseline:
    """A dense, trained model, its history per epoch, and what identifies it."""

    signature: str
    model: keras.Model
    history: History


class DamagedCache(Exception):
    """A cached baseline is there but cannot be trusted."""


def obtain_baseline(settings: Settings, data: Dataset, signature: str) -> Baseline:
    """Read the baseline from the cache or, the first time, train it; call it under its lock."""
    folder = baseline_folder(settings, signature)
    if folder.exists():
        if settings.architecture.target:
            # So that Keras knows classes of the user's own when it reads them.
            build.build(settings.architecture, data.shape, data.classes)
        try:
            return _read(folder, signature)
        except DamagedCache as damage:
            aside = Path(tempfile.mkdtemp(prefix=f"{signature}.damaged.", dir=folder.parent))
            folder.replace(aside)
            log.warning(
                "baseline %s: %s; set aside in %s, training again", signature, damage, aside
            )
    _write(_train(settings, data, signature), folder)
    # Read back even now, so that the first point starts from exactly what the others get.
    return _read(folder, signature)


def _train(settings: Settings, data: Dataset, signature: str) -> Baseline:
    make_repeatable(settings.seed, settings.threads)
    model = build.build(settings.architecture, data.shape, data.classes)
    epochs = settings.baseline.epochs
    if not epochs:
        log.info("baseline %s: %s as it is", signature, settings.architecture.path)
        return Baseline(signature, model, {})
    log.info("baseline %s: training %d epochs", signature, epochs)
    trained = train(model, data, settings.baseline, logits=gives_logits(model))
    return Baseline(signature, model, trained.history)


def _write(baseline: Baseline, folder: Path) -> None:
    """Write aside, then rename: a baseline under its final name is always complete."""
    aside = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    path = aside / _MODEL
    save_h5(baseline.model, str(path))
    history = dict(baseline.history)
    record = {"sha256": _sha256(path, history), "history": history}
    (aside / _RECORD).write_text(json.dumps(record, indent=1))
    aside.replace(folder)


def _read(folder: Path, signature: str) -> Baseline:
    """Read a cached baseline.

    Raises:
        DamagedCache: a file is missing, is not what was written, or cannot be loaded.
    """
    try:
        record = json.loads((folder / _RECORD).read_text())
        if record["sha256"] != _sha256(folder / _MODEL, record["history"]):
            raise DamagedCache("the model or its history is not what was written")
        model = keras.models.load_model(str(folder / _MODEL), compile=False)
        return Baseline(signature, model, record["history"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedCache(one_line(error)) from error


def _sha256(model: Path, history: object) -> str:
    digest = hashlib.sha256(model.read_bytes())
    digest.update(json.dumps(history, sort_keys=True).encode())
    return digest.hexdigest()
