"""Build a model, and try on it what a point will do to it."""

import fnmatch
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from runner import compress
from runner.backend import PruneRegistry, keras, save_h5
from runner.channels.dry_run import removed_on_trial
from runner.data.scale import Scale, scale_of
from runner.errors import ImpossiblePoint
from runner.models import build
from runner.models.errors import short, subject
from runner.models.layer_plan import PRUNED, LayerPlan
from runner.models.preprocessing import expected_scale, is_preprocessing
from runner.models.sizes import Sizes
from runner.planning import conversion_check
from runner.planning.examination import Examination
from runner.planning.request import Request
from runner.planning.scale_check import refuse_wrong_scale
from runner.prune import dry_run
from runner.prune.sparsity import prunable_weights

# Returns the line that refuses the request; None if it is accepted.
Check = Callable[[keras.Model, Request], str | None]


def examine(request: Request) -> Examination:
    """Build the model in this process, run all checks, and describe it.

    Raises:
        ImpossiblePoint: the model does not go with the data, or a check refuses the request.
        Refused: the model cannot be pruned, whatever the data.
    """
    model = build.build(request.architecture, request.shape, request.classes)
    _require(OF_THE_MODEL, model, request)
    pruned, whole = model, tuple[str, ...]()
    if request.channels.removes:
        pruned, whole = removed_on_trial(model, request.channels)
    _require(OF_WHAT_IS_PRUNED, pruned, request)
    scale, notes = _scale(model, request)
    refuse_wrong_scale(model, request, scale)
    layers = tuple(
        LayerPlan(layer.name, type(layer).__name__)
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer)
    )
    changed = None if scale == request.scale else scale.name
    sizes = Sizes.of(model)
    return Examination(layers=layers, scale=changed, notes=(*notes, *whole), sizes=sizes)


def _require(checks: Sequence[Check], model: keras.Model, request: Request) -> None:
    for check in checks:
        line = check(model, request)
        if line:
            raise ImpossiblePoint(line)


def _scale(model: keras.Model, request: Request) -> tuple[Scale, tuple[str, ...]]:
    """Return what a model is fed with: what its first layer expects, unless a range was chosen."""
    chosen = request.scale_is_chosen or request.scale != scale_of("0..1")
    expected = expected_scale(model)
    if expected is None or chosen or not request.architecture.check_scale:
        return request.scale, ()
    name, layer = expected
    if name == request.scale.name:
        return request.scale, ()
    line = f"{subject(request.architecture)}: its layer {layer} scales pixels itself"
    return scale_of(name), (f"{line}; it is fed with dataset.scale={name}",)


def something_is_prunable(model: keras.Model, request: Request) -> str | None:
    """Require a layer that TFMOT can prune, even if the schedule leaves it dense."""
    if any(prunable_weights(layer) for layer in model.layers):
        return None
    return f"{subject(request.architecture)}: has no layer that TFMOT prunes"


def layers_can_be_pruned(model: keras.Model, request: Request) -> str | None:
    """Require each layer with weights to be one that TFMOT can prune, or one in dense_layers."""
    for layer in model.layers:
        if is_preprocessing(layer):
            continue
        dense = any(
            fnmatch.fnmatchcase(layer.name, pattern) for pattern in request.schedule.dense_layers
        )
        if layer.weights and not dense and not _is_known(layer):
            return (
                f"{subject(request.architecture)}: TFMOT cannot prune layer {layer.name} "
                f"({type(layer).__name__}); to leave it as it is, add it to schedule.dense_layers"
            )
    return None


def _is_known(layer: Any) -> bool:
    # Layers with several kernels, such as attention, have no single rank, and no entry in PRUNED.
    planned = type(layer).__name__ in PRUNED or not prunable_weights(layer)
    return bool(PruneRegistry.supports(layer) and planned)


def nothing_is_recurrent(model: keras.Model, request: Request) -> str | None:
    """Require layers that the TFLite converter can convert for any number of images."""
    for layer in model.layers:
        inner = getattr(layer, "layer", layer)
        if isinstance(inner, keras.layers.RNN):
            return (
                f"{subject(request.architecture)}: layer {layer.name} ({type(layer).__name__}) is "
                "recurrent: such layers cannot be converted to TFLite's own operators"
            )
    return None


def survives_h5(model: keras.Model, request: Request) -> str | None:
    """Require a model that can be written to an h5 file and read again."""
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
    """Require that the schedule can be carried out, by a try on the model."""
    # A pattern that matches only layers unknown to TFMOT does not decide which layers are pruned.
    unknown = [layer.name for layer in model.layers if layer.weights and not _is_known(layer)]
    pruned = [layer.name for layer in model.layers if prunable_weights(layer)]
    deciding = tuple(
        pattern
        for pattern in request.schedule.dense_layers
        if fnmatch.filter(pruned, pattern) or not fnmatch.filter(unknown, pattern)
    )
    schedule = request.schedule.model_copy(update={"dense_layers": deciding})
    return dry_run.unsupported(model, schedule)


def compression_can_be_set_up(model: keras.Model, request: Request) -> str | None:
    """Require that the stages after pruning can be carried out, by a try on the model."""
    reason = compress.unsupported(model, request.compress)
    if reason is None:
        return None
    return f"compress={request.compress.name}: {subject(request.architecture)} {reason}"


def something_is_trainable(model: keras.Model, request: Request) -> str | None:
    """Require that at least a part of the model can be fine-tuned."""
    if model.trainable_weights:
        return None
    return f"{subject(request.architecture)}: all layers are frozen (trainable=False)"


OF_THE_MODEL: Sequence[Check] = (
    nothing_is_recurrent,
    layers_can_be_pruned,
    something_is_prunable,
    something_is_trainable,
    survives_h5,
)
# Where channels are removed first, that is another model.
OF_WHAT_IS_PRUNED: Sequence[Check] = (
    pruning_can_be_set_up,
    compression_can_be_set_up,
    conversion_check.unsupported,
)
