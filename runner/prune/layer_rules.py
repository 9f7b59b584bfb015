"""Decide the final sparsity of each layer by its name, and refuse rules that cannot hold."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from runner.errors import ImpossiblePoint
from runner.models.layer_patterns import first_match, require_deciding
from runner.models.layer_plan import LayerPlan
from runner.prune.pattern import Pattern
from runner.settings import ScheduleSettings

# A refusal gives the reason for this many layers; its advice names all of them.
_NAMED = 3


def final_sparsities(names: Iterable[str], schedule: ScheduleSettings) -> dict[str, float]:
    """Return the final sparsity, from 0 to 1, by layer name, without the layers that stay dense."""
    return {
        name: _final_sparsity(name, schedule)
        for name in names
        if not first_match(name, schedule.dense_layers)
    }


def check_schedule(
    layers: Sequence[LayerPlan], schedule: ScheduleSettings, model: str = "the model"
) -> None:
    """Check what a schedule says of layers against the layers of a model.

    Args:
        layers: all layers of the model.
        model: name of the model in a refusal.

    Raises:
        ImpossiblePoint: a pattern decides nothing or two contradict each other, or weights of this
            rank cannot be pruned in the pattern that is asked for.
    """
    prunable = [layer for layer in layers if layer.rank]
    check_names([layer.name for layer in prunable], schedule, model)
    pattern, refused = Pattern.of(schedule), {}
    requested = final_sparsities([layer.name for layer in prunable], schedule)
    for layer in prunable:
        if layer.name in requested and layer.rank and not pattern.accepts_rank(layer.rank):
            refused[layer.name] = f"{layer.rank} dimensions"
        elif layer.name in requested and not pattern.accepts_kind(layer.kind):
            refused[layer.name] = layer.kind
    refuse_layers(refused, schedule)


def check_names(prunable: Sequence[str], schedule: ScheduleSettings, model: str) -> None:
    """Check that each pattern for layers' names decides something, and no two contradict.

    Args:
        prunable: names of the layers that can be pruned.
        model: name of the model in a refusal.

    Raises:
        ImpossiblePoint: a pattern decides nothing, or contradicts another one.
    """
    for setting in ("dense_layers", "layer_sparsity"):
        for pattern in getattr(schedule, setting):
            if not any(fnmatchcase(name, pattern) for name in prunable):
                raise ImpossiblePoint(
                    f"schedule.{setting}: {pattern} is no layer that {model} prunes; "
                    f"it prunes {', '.join(prunable) or 'none'}"
                )
    for name in prunable:
        dense = first_match(name, schedule.dense_layers)
        own = first_match(name, schedule.layer_sparsity)
        if dense and own:
            raise ImpossiblePoint(
                f"schedule.layer_sparsity: {own} gives {name} a sparsity, and "
                f"schedule.dense_layers: {dense} leaves it dense"
            )
    require_deciding("schedule.layer_sparsity", [*schedule.layer_sparsity], prunable)


def refuse_layers(refused: dict[str, str], schedule: ScheduleSettings) -> None:
    """Refuse layers that cannot be pruned in the pattern that is asked for, and say what to do.

    Args:
        refused: what does not go with the pattern, by layer name; may be empty.

    Raises:
        ImpossiblePoint: `refused` names layers.
    """
    if not refused:
        return
    pattern = Pattern.of(schedule)
    named = [f"{name} ({reason})" for name, reason in refused.items()]
    more = [f"and {len(named) - _NAMED} more"] if len(named) > _NAMED else []
    listed = ", ".join([*named[:_NAMED], *more])
    dense = ",".join([*schedule.dense_layers, *refused])
    raise ImpossiblePoint(
        f"{pattern.setting}: takes {pattern.accepted_weights}, not {listed}; "
        f"leave them dense by schedule.dense_layers=[{dense}], or take {pattern.neutral}"
    )


def _final_sparsity(name: str, schedule: ScheduleSettings) -> float:
    own = first_match(name, schedule.layer_sparsity)
    return schedule.final_sparsity if own is None else schedule.layer_sparsity[own]
