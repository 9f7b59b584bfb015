"""Check in which order the layers that a file of Keras 2 describes can be called.

Keras tries to call each layer until all it takes is there, for ever if that never comes.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from runner.escaping.brief import brief
from runner.models.errors import Unfit
from runner.models.keras2.allowed import MODELS

# The name of a layer, and which of its calls is meant.
_Source = tuple[str, Any]
# What Keras writes in place of a layer where a constant is given.
_CONSTANT = "_CONSTANT_VALUE"


def require_order(model: dict[str, Any]) -> None:
    """Require that each layer of a functional model takes what other layers have given before.

    Args:
        model: the model as Keras describes it.

    Raises:
        Unfit: some layers wait for each other, or for a call that there is not.
    """
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, dict) else None
    known = [each for each in layers if isinstance(each, dict)] if isinstance(layers, list) else []
    kinds = {str(each.get("name")): str(each.get("class_name")) for each in known}
    waiting = {str(each.get("name")): _calls(each) for each in known}
    given = Counter({name: int(kinds[name] in MODELS) for name in kinds})
    while any(waiting.values()):
        before = given.copy()
        for name, calls in waiting.items():
            while calls and all(_is_there(source, given, kinds) for source in calls[0]):
                del calls[0]
                given[name] += 1
        if given == before:
            first = next(name for name, calls in waiting.items() if calls)
            raise Unfit(f"layer {brief(first)} takes what no layer gives before it")


def _is_there(source: _Source, given: "Counter[str]", kinds: dict[str, str]) -> bool:
    """Tell whether a call was made; Keras itself says so where there is no such layer."""
    name, call = source
    known = isinstance(call, int) and 0 <= call < given[name]
    return kinds.get(name) in (None, "InputLayer") or known


def _calls(layer: dict[str, Any]) -> list[list[_Source]]:
    """List what each call of a layer takes."""
    calls = layer.get("inbound_nodes")
    return [list(_sources(call)) for call in calls] if isinstance(calls, list) else []


def _sources(given: Any) -> Iterator[_Source]:
    if isinstance(given, dict):
        given = list(given.values())
    if not isinstance(given, list):
        return
    if len(given) in (3, 4) and isinstance(given[0], str):
        if given[0] != _CONSTANT:
            yield given[0], given[1]
        given = given[3:]
    for inner in given:
        yield from _sources(inner)
