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
from runner.errors import StepFailed, one_line
from runner.models import build
from runner.models.outputs import gives_logits, told_apart
from runner.settings import Settings
from runner.settings.cache_paths import baseline_folder
from runner.training.train import History, train

log = logging.getLogger(__name__)

_MODEL = "model.h5"
_RECORD = "record.json"


@dataclass(frozen=True)
class Baseline:
    """Hold a dense, trained model.

    Attributes:
        signature: 16 hexadecimal digits that identify all that decides its weights.
        model: the model without its optimizer.
        history: one value per epoch of losses and accuracies; empty for a model that was given.
    """

    signature: str
    model: keras.Model
    history: History


class DamagedCache(StepFailed):
    """The files of a cached baseline are incomplete or changed."""


def obtain_baseline(settings: Settings, data: Dataset, signature: str) -> Baseline:
    """Read the baseline from the cache; train and cache it first if it is not there.

    The caller holds the lock of this baseline. A damaged one is moved aside and trained again.

    Args:
        signature: identifies the baseline of these settings and data.

    Raises:
        Diverged: the loss of an epoch is not a number.
    """
    folder = baseline_folder(settings, signature)
    if folder.exists():
        if settings.architecture.target:
            # Registers classes of the user's own with Keras, which then can read them.
            build.build(settings.architecture, data.shape, data.class_set)
        try:
            return _read(folder, signature)
        except DamagedCache as damage:
            damaged = Path(tempfile.mkdtemp(prefix=f"{signature}.damaged.", dir=folder.parent))
            folder.replace(damaged)
            log.warning(
                "baseline %s: %s; set aside in %s, training again", signature, damage, damaged
            )
    _write(_train(settings, data, signature), folder)
    # Read back even now, so that the first point starts from the same model as all others.
    return _read(folder, signature)


def _train(settings: Settings, data: Dataset, signature: str) -> Baseline:
    make_repeatable(settings.seed, settings.threads)
    model = build.build(settings.architecture, data.shape, data.class_set)
    epochs = settings.baseline.epochs
    if not epochs:
        log.info("baseline %s: %s as it is", signature, settings.architecture.path)
        return Baseline(signature, model, {})
    log.info("baseline %s: training %d epochs", signature, epochs)
    taken = data.for_outputs(told_apart(model))
    trained = train(model, taken, settings.baseline, logits=gives_logits(model))
    return Baseline(signature, model, trained.history)


def _write(baseline: Baseline, folder: Path) -> None:
    """Write to a temporary folder and rename it, so that a cached baseline is always complete."""
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    path = temporary / _MODEL
    save_h5(baseline.model, str(path))
    history = dict(baseline.history)
    record = {"sha256": _sha256(path, history), "history": history}
    (temporary / _RECORD).write_text(json.dumps(record, indent=1))
    temporary.replace(folder)


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
