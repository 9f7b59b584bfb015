"""Train the dense model that points start from, once for each signature."""

import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

from runner.backend import keras, make_repeatable
from runner.data.dataset import Dataset
from runner.models import build
from runner.models.outputs import gives_logits, told_apart
from runner.settings import Settings
from runner.settings.cache_paths import baseline_folder
from runner.training import cached_baseline
from runner.training.cached_baseline import DamagedCache
from runner.training.objective import Objective
from runner.training.train import History, train

log = logging.getLogger(__name__)


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


def obtain_baseline(
    settings: Settings, data: Dataset, signature: str, content: str | None = None
) -> Baseline:
    """Read the baseline from the cache; train and cache it first if it is not there.

    The caller holds the lock of this baseline. A damaged one is moved aside and trained again.

    Args:
        signature: identifies the baseline of these settings and data.
        content: identifies the user's own model that the signature was made of; None for any.

    Raises:
        Diverged: the loss of an epoch is not a number.
        Refused: the cache is not its user's alone, or the user's own model is another one now.
    """
    folder = baseline_folder(settings, signature)
    if folder.exists():
        try:
            return _read(settings, data, signature, content)
        except DamagedCache as damage:
            damaged = Path(tempfile.mkdtemp(prefix=f"{signature}.damaged.", dir=folder.parent))
            folder.replace(damaged)
            log.warning(
                "baseline %s: %s; set aside in %s, training again", signature, damage, damaged
            )
    trained = _train(settings, data, signature, content)
    cached_baseline.write(settings, signature, trained.model, trained.history)
    # Read back even now, so that the first point starts from the same model as all others.
    return _read(settings, data, signature, content)


def _read(settings: Settings, data: Dataset, signature: str, content: str | None) -> Baseline:
    """Build the model of the settings, and give it the weights in the cache.

    Raises:
        DamagedCache: they are incomplete, changed, or those of another model.
    """
    # The inspection has compared a model of Keras 3 with its copy, which takes seconds.
    model = _build(settings, data, content, compared=True)
    return Baseline(signature, model, cached_baseline.read(settings, signature, model))


def _build(
    settings: Settings, data: Dataset, content: str | None, compared: bool = False
) -> keras.Model:
    """Build the untrained model, in every process with the same names."""
    make_repeatable(settings.seed, settings.threads)
    return build.build(settings.architecture, data.shape, data.class_set, content, compared)


def _train(settings: Settings, data: Dataset, signature: str, content: str | None) -> Baseline:
    model = _build(settings, data, content)
    epochs = settings.baseline.epochs
    if not epochs:
        log.info("baseline %s: %s as it is", signature, settings.architecture.path)
        return Baseline(signature, model, {})
    log.info("baseline %s: training %d epochs", signature, epochs)
    taken = data.for_outputs(told_apart(model))
    objective = Objective(gives_logits(model))
    trained = train(model, taken, settings.baseline, objective=objective)
    return Baseline(signature, model, trained.history)
