"""Name the layers of a model that is built of the layers of several models."""

import itertools
import re


class LayerNames:
    """Give names that Keras and its file formats accept, each to one layer."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, name: str, owner: str = "") -> str:
        """Choose a name like the given one that no other layer has.

        Args:
            owner: name of the model that the layer comes from.
        """
        plain = re.sub(r"[^\w./-]", "_", name)
        plain = plain if re.match(r"\w", plain) else f"layer_{plain}"
        numbered = (f"{owner}_{plain}_{number}" for number in itertools.count(1))
        choices = itertools.chain([plain, f"{owner}_{plain}"], numbered)
        free = next(choice for choice in choices if choice not in self._taken)
        self._taken.add(free)
        return free
