"""Let settings of many points have equal groups in common: a large grid then takes less memory."""

from runner.settings.base import Group
from runner.settings.groups import Settings


class SharedGroups:
    """Know the groups of all settings so far; none of them changes."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[tuple[str, str], Group] = {}

    def of(self, settings: Settings) -> Settings:
        """Return equal settings, of which each group is an earlier one where there is its equal."""
        groups = {name: value for name, value in settings if isinstance(value, Group)}
        return settings.model_copy(
            update={name: self._known_as(name, group) for name, group in groups.items()}
        )

    def _known_as(self, name: str, group: Group) -> Group:
        try:
            # It tells 1 from 1.0, and names in one order from those in another, as == does not.
            key = (name, group.model_dump_json())
        except ValueError:
            # Text that is no UTF-8, as a path may be.
            return group
        known = self._known.setdefault(key, group)
        # Where values are equal that JSON writes alike, as it does an infinite one and none.
        return known if known == group else group
