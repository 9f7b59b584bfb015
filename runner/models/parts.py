"""Find the parts of what a model file says of its model."""

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from runner.escaping.brief import brief
from runner.models.errors import Unfit

# A model in a model in a model adds some five levels each; Python's own limit lies far above.
_DEEPEST = 100


def parts(described: Any, key: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield every object and every text, also those in wrappers and inner models.

    Args:
        described: what a file says, in nested dicts and lists.
        key: what it stands under.
        depth: how many dicts and lists are around it.

    Returns:
        What each stands under, and the object, which is a dict with `class_name`, or the text.

    Raises:
        Unfit: dicts and lists are nested too deeply.
    """
    if depth > _DEEPEST:
        raise Unfit(f"its description is nested more than {_DEEPEST} levels deep")
    if isinstance(described, dict):
        if "class_name" in described:
            yield key, described
        for name, inner in described.items():
            yield from parts(inner, str(name), depth + 1)
    elif isinstance(described, list):
        for inner in described:
            yield from parts(inner, key, depth + 1)
    elif isinstance(described, str):
        yield key, described


def objects(described: Any) -> Iterator[dict[str, Any]]:
    """Yield every object, also those in wrappers and inner models."""
    for _, part in parts(described):
        if isinstance(part, dict):
            yield part


def require_shallow(described: Any) -> None:
    """Check that dicts and lists are not nested more deeply than a model needs it.

    Raises:
        Unfit: they are.
    """
    for _ in parts(described):
        pass


def is_harmless(key: str, text: str, named: Mapping[str, Set[str]]) -> bool:
    """Tell whether a text names something known, where Keras looks up what it names.

    Args:
        key: the argument that holds the text.
        named: the known names, by the end of the arguments that hold them.
    """
    # Keras reads the text after this one as another description.
    return text != "_COMPOSITE_TYPE" and all(
        text in known for end, known in named.items() if key.endswith(end)
    )


def kind(described: dict[str, Any]) -> str:
    """Return the class of an object, as the file writes it.

    Raises:
        Unfit: it is no text.
    """
    if not isinstance(described["class_name"], str):
        raise Unfit("its description names a class by something else than text")
    return described["class_name"]


def is_function(described: dict[str, Any], known: Set[str], modules: re.Pattern[str]) -> bool:
    """Tell whether an object is a function of Keras.

    Args:
        known: names of functions.
        modules: the modules in which they stand.
    """
    function = described.get("config")
    return (
        isinstance(function, str)
        and function in known
        and described.get("registered_name") in (None, "function", function)
        and modules.fullmatch(str(described.get("module"))) is not None
    )


def name(described: dict[str, Any]) -> str:
    """Return what people call an object, in one line."""
    config = described.get("config")
    own_name = config.get("name") if isinstance(config, dict) else None
    return brief(own_name or described.get("name") or described["class_name"])


def is_a(kind: str) -> str:
    """Say of which class an object is."""
    kind = kind.strip("_")
    return f"is {'an' if kind[0] in 'AEIOU' else 'a'} {kind}"
