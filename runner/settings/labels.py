"""Shorten the names of settings, and name points by the settings that vary."""

from collections import Counter
from collections.abc import Mapping, Sequence

_INITIAL, _FINAL = "schedule.initial_sparsity", "schedule.final_sparsity"
_EPOCHS = "schedule.epochs"


def short(names: Sequence[str]) -> Mapping[str, str]:
    """Drop the group of each name (`schedule.epochs`) whose last part is its own alone.

    `architecture.name` is what one chooses as `architecture`.
    """
    last = {name: name.removesuffix(".name").rpartition(".")[2] for name in names}
    uses = Counter(last.values())
    return {name: end if uses[end] == 1 else name for name, end in last.items()}


def point_name(values: Mapping[str, str]) -> str:
    """Name a point by what varies, so that it fits a column of some 17 letters: `0.5→0.8 2 epochs`.

    Args:
        values: the settings that vary, with the point's value of each.
    """
    labels = short(list(values))
    if len(values) == 1:
        return " ".join(f"{labels[setting]}={value}" for setting, value in values.items())
    ranged = {_INITIAL, _FINAL} <= values.keys()
    parts: dict[str, None] = {}
    for setting, value in values.items():
        if setting in (_INITIAL, _FINAL):
            label = labels[setting].removesuffix("_sparsity")
            part = f"{values[_INITIAL]}→{values[_FINAL]}" if ranged else f"{label}={value}"
        elif labels[setting] == "epochs" and setting == _EPOCHS:
            part = f"{value} epoch{'' if value == '1' else 's'}"
        else:
            part = f"{labels[setting]}={value}"
        parts[part] = None
    return " ".join(parts) or "one point"
