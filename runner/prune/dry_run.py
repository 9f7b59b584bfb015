"""Try on an untrained model whether TFMOT can prune it as a schedule asks."""

import textwrap
from collections.abc import Mapping, Sequence

from runner.backend import PruneLowMagnitude, keras
from runner.errors import ImpossiblePoint, is_fault, one_line
from runner.prune.layer_rules import check_names, refuse_layers
from runner.prune.pattern import Pattern
from runner.prune.sparsity import prunable_weights
from runner.prune.update_steps import PruningSteps
from runner.prune.wrappers import prunable_layers, requested_sparsities, wrap
from runner.prune.xnnpack_policy import check_policy
from runner.settings import ScheduleSettings

_ONE_STEP = PruningSteps(1, 1, 1)
# TensorFlow may print whole arrays.
_LONGEST = 200


def unsupported(model: keras.Model, schedule: ScheduleSettings) -> str | None:
    """Say in one line why TFMOT cannot prune a model; None if it can.

    The model stays as it is. Its weights must be built, but need not be trained. A layer plan is
    not enough here, because it has no shapes.
    """
    try:
        _try_pruning(model, schedule)
    except ImpossiblePoint as refusal:
        return str(refusal)
    return None


def _try_pruning(model: keras.Model, schedule: ScheduleSettings) -> None:
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
    requested = requested_sparsities(model, schedule)
    refuse_layers(
        _mismatched_layers([model.get_layer(name) for name in requested], schedule), schedule
    )
    if _failure(model, schedule, requested):
        _name_failing_layer(model, schedule, requested)


def _mismatched_layers(
    layers: Sequence[keras.layers.Layer], schedule: ScheduleSettings
) -> dict[str, str]:
    """Return, by name, the shapes or the kind of layers that do not go with the pattern."""
    pattern = Pattern.of(schedule)
    mismatched = {}
    for layer in layers:
        shapes = [tuple(weight.shape) for weight in prunable_weights(layer)]
        if not all(map(pattern.accepts, shapes)):
            mismatched[layer.name] = ", ".join("x".join(map(str, shape)) for shape in shapes)
        elif not pattern.accepts_kind(type(layer).__name__):
            mismatched[layer.name] = type(layer).__name__
    return mismatched


def _failure(
    model: keras.Model, schedule: ScheduleSettings, requested: Mapping[str, float]
) -> str | None:
    """Prune the layers of a copy once; return the error of TFMOT in one line, if any."""
    try:
        wrapped = wrap(keras.models.clone_model(model), schedule, _ONE_STEP, requested)
        for layer in wrapped.layers:
            if isinstance(layer, PruneLowMagnitude):
                layer.pruning_step.assign(_ONE_STEP.begin)
                layer.pruning_obj.conditional_mask_update()
                layer.pruning_obj.weight_mask_op()
    # A layer of the user's own may raise anything.
    except Exception as error:
        if is_fault(error):
            raise
        return textwrap.shorten(one_line(error), _LONGEST)
    return None


def _name_failing_layer(
    model: keras.Model, schedule: ScheduleSettings, requested: Mapping[str, float]
) -> None:
    """Try the layers one by one, because the errors of TFMOT name none.

    Raises:
        ImpossiblePoint: always, with the first layer that fails alone.
    """
    for name, sparsity in requested.items():
        reason = _failure(model, schedule, {name: sparsity})
        if reason:
            raise ImpossiblePoint(
                f"layer {name} cannot be pruned: {reason}; leave it dense by "
                f"schedule.dense_layers=[{','.join([*schedule.dense_layers, name])}]"
            )
    raise ImpossiblePoint(f"{model.name} cannot be pruned: {_failure(model, schedule, requested)}")
