"""Layers by name and a schedule go in; each layer's final sparsity, or a refusal, comes out."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from runner.errors import ImpossiblePoint
from runner.models.layer_plan import LayerPlan
from runner.prune.pattern import Pattern
from runner.settings import ScheduleSettings

# So many layers are named with the reason; all of them in what there is to do.
_NAMED = 3


def final_sparsities(names: Iterable[str], schedule: ScheduleSettings) -> dict[str, float]:
    """Decide how sparse each prunable layer becomes; those that stay dense are left out."""
    return {
        name: _final_sparsity(name, schedule)
        for name in names
        if not _first_fit(name, schedule.dense_layers)
    }


def check_schedule(
    layers: Sequence[LayerPlan], schedule: ScheduleSettings, model: str = "the model"
) -> None:
    """Check what the schedule says of layers against those that there are.

    Args:
        model: what the layers belong to, as the user calls it.

    Raises:
        ImpossiblePoint: a pattern decides nothing or two contradict each other, or weights of this
            rank cannot be pruned in the pattern that is asked for.
    """
    prunable = [layer for layer in layers if layer.rank]
    check_names([layer.name for layer in prunable], schedule, model)
    pattern, refused = Pattern.of(schedule), {}
    asked = final_sparsities([layer.name for layer in prunable], schedule)
    for layer in prunable:
        if layer.name in asked and layer.rank and not pattern.takes_rank(layer.rank):
            refused[layer.name] = f"{layer.rank} dimensions"
        elif layer.name in asked and not pattern.takes_kind(layer.kind):
            refused[layer.name] = layer.kind
    check_accepted(refused, schedule)


def check_names(prunable: Sequence[str], schedule: ScheduleSettings, model: str) -> None:
    """Check that each pattern for layers' names decides something, and no two contradict.

    Raises:
        ImpossiblePoint: one does not.
    """
    for setting in ("dense_layers", "layer_sparsity"):
        for pattern in getattr(schedule, setting):
            if not any(fnmatchcase(name, pattern) for name in prunable):
                raise ImpossiblePoint(
                    f"schedule.{setting}: {pattern} is no layer that {model} prunes; "
                    f"it prunes {', '.join(prunable) or 'none'}"
                )
    for name in prunable:
        dense = _first_fit(name, schedule.dense_layers)
        own = _first_fit(name, schedule.layer_sparsity)
        if dense and own:
            raise ImpossiblePoint(
                f"schedule.layer_sparsity: {own} gives {name} a sparsity, and "
                f"schedule.dense_layers: {dense} leaves it dense"
            )
    deciding = {_first_fit(name, schedule.layer_sparsity) for name in prunable}
    for pattern in schedule.layer_sparsity:
        if pattern not in deciding:
            raise ImpossiblePoint(
                f"schedule.layer_sparsity: {pattern} decides nothing: patterns before it fit "
                "all its layers; put it first"
            )


def check_accepted(refused: dict[str, str], schedule: ScheduleSettings) -> None:
    """Say which layers cannot be pruned in the pattern that is asked for, and what to do.

    Args:
        refused: by name, what it is of a layer that does not go with the pattern.

    Raises:
        ImpossiblePoint: there are such layers.
    """
    if not refused:
        return
    pattern = Pattern.of(schedule)
    named = [f"{name} ({reason})" for name, reason in refused.items()]
    more = [f"and {len(named) - _NAMED} more"] if len(named) > _NAMED else []
    listed = ", ".join([*named[:_NAMED], *more])
    dense = ",".join([*schedule.dense_layers, *refused])
    raise ImpossiblePoint(
        f"{pattern.setting}: takes {pattern.taken}, not {listed}; "
        f"leave them dense by schedule.dense_layers=[{dense}], or take {pattern.neutral}"
    )


def _final_sparsity(name: str, schedule: ScheduleSettings) -> float:
    own = _first_fit(name, schedule.layer_sparsity)
    return schedule.final_sparsity if own is None else schedule.layer_sparsity[own]


def _first_fit(name: str, patterns: Iterable[str]) -> str | None:
    return next((pattern for pattern in patterns if fnmatchcase(name, pattern)), None)
