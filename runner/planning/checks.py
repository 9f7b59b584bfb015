"""A request goes in; the layers of its model, once everything was tried on it, come out."""

import fnmatch
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runner import compress
from runner.backend import PruneRegistry, keras, save_h5
from runner.errors import ImpossiblePoint
from runner.models import build
from runner.models.errors import short, subject
from runner.models.layer_plan import PRUNED, LayerPlan
from runner.planning.request import Request
from runner.prune import dry_run
from runner.prune.sparsity import prunable_weights

# Returns the line that refuses the request, or None.
Check = Callable[[keras.Model, Request], str | None]


def examine(request: Request) -> tuple[LayerPlan, ...]:
    """Build the model in this process, go through the checks, and list its layers.

    Raises:
        ImpossiblePoint: it does not go with the data, or a check has a line against it.
        Refused: it cannot be worked with at all.
    """
    model = build.build(request.architecture, request.shape, request.classes)
    for check in CHECKS:
        line = check(model, request)
        if line:
            raise ImpossiblePoint(line)
    layers = (each for each in model.layers if not isinstance(each, keras.layers.InputLayer))
    return tuple(LayerPlan(layer.name, type(layer).__name__) for layer in layers)


def something_is_prunable(model: keras.Model, request: Request) -> str | None:
    """Accept a model with a layer that TFMOT prunes, left dense or not."""
    if any(prunable_weights(layer) for layer in model.layers):
        return None
    return f"{subject(request.architecture)}: has no layer that TFMOT prunes"


def layers_can_be_pruned(model: keras.Model, request: Request) -> str | None:
    """Accept layers that are pruned, those without weights to prune, and those left dense."""
    for layer in model.layers:
        dense = any(fnmatch.fnmatchcase(layer.name, each) for each in request.schedule.dense_layers)
        if layer.weights and not dense and not _is_known(layer):
            return (
                f"{subject(request.architecture)}: TFMOT cannot prune layer {layer.name} "
                f"({type(layer).__name__}); to leave it as it is, add it to schedule.dense_layers"
            )
    return None


def _is_known(layer: Any) -> bool:
    # Of layers with several kernels, such as attention, the plan knows no single rank.
    planned = type(layer).__name__ in PRUNED or not prunable_weights(layer)
    return bool(PruneRegistry.supports(layer) and planned)


def nothing_is_recurrent(model: keras.Model, request: Request) -> str | None:
    """Accept layers that the TFLite converter can convert for any number of images."""
    for layer in model.layers:
        inner = getattr(layer, "layer", layer)
        if isinstance(inner, keras.layers.RNN):
            return (
                f"{subject(request.architecture)}: layer {layer.name} ({type(layer).__name__}) is "
                "recurrent: such layers cannot be converted to TFLite's own operators"
            )
    return None


def survives_h5(model: keras.Model, request: Request) -> str | None:
    """Accept a model that can be written to an h5 file and read again."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.h5")
        try:
            save_h5(model, path)
            keras.models.load_model(path, compile=False)
        except Exception as error:
            return (
                f"{subject(request.architecture)}: cannot be written to an h5 file and read again "
                f"({short(error)})"
            )
    return None


def pruning_can_be_set_up(model: keras.Model, request: Request) -> str | None:
    """Accept what the schedule asks for, tried on the model as it is."""
    # Of layers that TFMOT does not know, these names only say that they may be there.
    unknown = [each.name for each in model.layers if each.weights and not _is_known(each)]
    pruned = [each.name for each in model.layers if prunable_weights(each)]
    patterns = request.schedule.dense_layers
    telling = tuple(
        each
        for each in patterns
        if fnmatch.filter(pruned, each) or not fnmatch.filter(unknown, each)
    )
    schedule = request.schedule.model_copy(update={"dense_layers": telling})
    return dry_run.unsupported(model, schedule)


def compression_can_be_set_up(model: keras.Model, request: Request) -> str | None:
    """Accept the stages after pruning, tried on the model as it is."""
    reason = compress.unsupported(model, request.compress)
    named = f"compress={request.compress.name}: {subject(request.architecture)}"
    return f"{named} {reason}" if reason else None


def something_is_trainable(model: keras.Model, request: Request) -> str | None:
    """Accept a model of which at least a part can be fine-tuned."""
    if model.trainable_weights:
        return None
    return f"{subject(request.architecture)}: all layers are frozen (trainable=False)"


CHECKS: list[Check] = [
    nothing_is_recurrent,
    layers_can_be_pruned,
    something_is_prunable,
    something_is_trainable,
    survives_h5,
    pruning_can_be_set_up,
    compression_can_be_set_up,
]
