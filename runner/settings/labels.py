"""Shorten the names of settings, and name points by the settings that vary."""

from collections import Counter
from collections.abc import Mapping, Sequence

_INITIAL, _FINAL = "schedule.initial_sparsity", "schedule.final_sparsity"
_EPOCHS = "schedule.epochs"
_CUT, _START = "channels.share", "channels.start"


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
    # What begins and ends is said once.
    parts = dict.fromkeys(_part(setting, values, labels[setting]) for setting in values)
    return " ".join(parts) or "one point"


def _part(setting: str, values: Mapping[str, str], label: str) -> str:
    value = values[setting]
    if setting == _CUT:
        return f"cut={value}"
    if setting == _START:
        return value
    if len(values) > 1 and setting in (_INITIAL, _FINAL):
        ranged = {_INITIAL, _FINAL} <= values.keys()
        end = f"{label.removesuffix('_sparsity')}={value}"
        return f"{values[_INITIAL]}→{values[_FINAL]}" if ranged else end
    if len(values) > 1 and setting == _EPOCHS == f"schedule.{label}":
        return f"{value} epoch{'' if value == '1' else 's'}"
    return f"{label}={value}"
