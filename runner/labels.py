"""Names of settings, with dots, go in; the shortest names that still differ come out."""

from collections import Counter
from collections.abc import Mapping, Sequence


def short(names: Sequence[str]) -> Mapping[str, str]:
    """Drop the group of each name (`schedule.epochs`) whose last part is its own alone."""
    last = {name: name.rpartition(".")[2] for name in names}
    uses = Counter(last.values())
    return {name: end if uses[end] == 1 else name for name, end in last.items()}
