"""Refuse what is no name where an option of a group is chosen: Hydra names no setting then."""

from collections.abc import Sequence

from hydra.core.config_loader import ConfigLoader
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

from runner.errors import Refused


def require_names(overrides: Sequence[str], loader: ConfigLoader) -> None:
    """Require names where options of groups are chosen, or lists of them.

    Args:
        overrides: as they are typed.
        loader: knows the groups.

    Raises:
        Refused: a group is given a number, true, false or null.
        OverrideParseException: an override cannot be parsed.
    """
    for override in OverridesParser.create().parse_overrides(list(overrides)):
        if override.is_sweep_override() or not _is_other(override):
            continue
        options = loader.get_group_options(override.key_or_group, ObjectType.CONFIG)
        if options:
            accepted = ", ".join(dict.fromkeys(options))
            raise Refused(f"{override.input_line}: must be one of {accepted}")


def _is_other(override: Override) -> bool:
    """Tell whether a value is neither text nor list nor settings; to delete needs none."""
    value = override.value()
    if override.is_delete() and value is None:
        return False
    return value is None or isinstance(value, bool | int | float)
