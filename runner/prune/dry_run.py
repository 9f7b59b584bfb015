"""An untrained model and a schedule go in; why it cannot be pruned so, if it cannot, comes out."""

import textwrap
from collections.abc import Mapping, Sequence

from runner.backend import PruneLowMagnitude, keras
from runner.errors import ImpossiblePoint, one_line
from runner.prune.layer_rules import check_accepted, check_names
from runner.prune.pattern import Pattern
from runner.prune.sparsity import prunable_weights
from runner.prune.update_steps import PruningSteps
from runner.prune.wrappers import asked_sparsities, prunable_layers, wrap
from runner.prune.xnnpack_policy import check_policy
from runner.settings import ScheduleSettings

_ONE_STEP = PruningSteps(1, 1, 1)
# TensorFlow may print whole arrays.
_LONGEST = 200


def unsupported(model: keras.Model, schedule: ScheduleSettings) -> str | None:
    """Say in one line why TFMOT cannot prune a model, or None; the model stays as it is.

    Blueprints say less: only a model has shapes. Weights need not be trained, but built.
    """
    try:
        _rehearse(model, schedule)
    except ImpossiblePoint as refusal:
        return str(refusal)
    return None


def _rehearse(model: keras.Model, schedule: ScheduleSettings) -> None:
    if not isinstance(model, keras.Sequential) and not model._is_graph_network:
        raise ImpossiblePoint(f"{model.name} is subclassed: take a Sequential or functional model")
    if not model.built:
        raise ImpossiblePoint(f"{model.name} has no weights yet: give it an input shape")
    # The layers of another model that shares them would count as neighbours.
    model = keras.models.clone_model(model)
    if schedule.policy == "xnnpack":
        check_policy(model)
    layers = prunable_layers(model, schedule)
    if not layers:
        raise ImpossiblePoint(
            f"schedule.policy={schedule.policy}: {model.name} has nothing to prune"
        )
    check_names([layer.name for layer in layers], schedule, model.name)
    asked = asked_sparsities(model, schedule)
    check_accepted(_ill_shaped([model.get_layer(name) for name in asked], schedule), schedule)
    if _failure(model, schedule, asked):
        _tell_which_fails(model, schedule, asked)


def _ill_shaped(layers: Sequence[keras.layers.Layer], schedule: ScheduleSettings) -> dict[str, str]:
    """Find layers that do not go with the pattern: their weights' shapes, or their kind."""
    pattern = Pattern.of(schedule)
    found = {}
    for layer in layers:
        shapes = [tuple(weight.shape) for weight in prunable_weights(layer)]
        if not all(map(pattern.takes, shapes)):
            found[layer.name] = ", ".join("x".join(map(str, shape)) for shape in shapes)
        elif not pattern.takes_kind(type(layer).__name__):
            found[layer.name] = type(layer).__name__
    return found


def _failure(
    model: keras.Model, schedule: ScheduleSettings, asked: Mapping[str, float]
) -> str | None:
    """Prune the layers of a copy once; return what TFMOT raises."""
    try:
        wrapped = wrap(keras.models.clone_model(model), schedule, _ONE_STEP, asked)
        for layer in wrapped.layers:
            if isinstance(layer, PruneLowMagnitude):
                layer.pruning_step.assign(_ONE_STEP.begin)
                layer.pruning_obj.conditional_mask_update()
                layer.pruning_obj.weight_mask_op()
    # A layer of the user's own may raise anything.
    except Exception as error:
        return textwrap.shorten(one_line(error), _LONGEST)
    return None


def _tell_which_fails(
    model: keras.Model, schedule: ScheduleSettings, asked: Mapping[str, float]
) -> None:
    """Try the layers one by one: what TFMOT raises does not name any."""
    for name, sparsity in asked.items():
        reason = _failure(model, schedule, {name: sparsity})
        if reason:
            raise ImpossiblePoint(
                f"layer {name} cannot be pruned: {reason}; leave it dense by "
                f"schedule.dense_layers=[{','.join([*schedule.dense_layers, name])}]"
            )
    raise ImpossiblePoint(f"{model.name} cannot be pruned: {_failure(model, schedule, asked)}")
