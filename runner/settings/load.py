"""Convert Hydra's composed configuration into settings, or refuse it in one line."""

import copy
import re
from collections.abc import Mapping, Sequence

from omegaconf import DictConfig, OmegaConf, open_dict
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from runner.errors import ImpossiblePoint, Refused
from runner.settings.base import COMPOSED, Group
from runner.settings.groups import Settings
from runner.settings.overrides import shown
from runner.settings.suggestion import suggestion

Model = type[BaseModel]

# As pydantic lists what is accepted: 'none', 'cluster' or 'qat'.
_CHOICE = re.compile(r"'([^']*)'")


def from_hydra(config: DictConfig) -> Settings:
    """Convert a composed configuration, with or without its hydra node, into settings.

    Raises:
        ImpossiblePoint: values that are each fine do not go together.
        Refused: any other value that is not accepted.
    """
    composed = copy.copy(config)
    with open_dict(composed):
        composed.pop("hydra", None)
    return from_values(OmegaConf.to_container(composed, resolve=True))


def from_values(values: object) -> Settings:
    """Convert the values of a composed configuration into settings.

    Raises:
        ImpossiblePoint: values that are each fine do not go together.
        Refused: any other value that is not accepted.
    """
    try:
        _require_all(values, Settings, [])
        return Settings.model_validate(values, context=COMPOSED)
    except ValidationError as error:
        raise refusal(error, Settings) from None


def _require_all(values: object, model: type[Group], group: list[str]) -> None:
    """Refuse a configuration from which a setting was taken away, by `~seed` say."""
    if not isinstance(values, Mapping):
        return
    for name, field in model.model_fields.items():
        kind = field.annotation
        if name in values and isinstance(kind, type) and issubclass(kind, Group):
            _require_all(values[name], kind, [*group, name])
        elif name not in values and name not in model.of_some_choices:
            keys = [*group, name]
            raise Refused(f"{'.'.join(keys)} is missing: it must be {_accepted(keys, Settings)}")


def refusal(error: ValidationError, root: Model) -> Refused:
    """Say the first thing that is wrong with values of a model; impossible if nothing else is."""
    details = error.errors()
    wrong = [detail for detail in details if detail["type"] != "impossible"]
    if not wrong:
        return ImpossiblePoint(details[0]["msg"])
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return Refused(_line(wrong[0], root) + more)


def _line(detail: ErrorDetails, root: Model) -> str:
    keys = [key for key in detail["loc"] if isinstance(key, str)]
    setting = ".".join(keys)
    if not keys:
        name = ".".join(map(str, detail["loc"]))
        known = known_settings([], root)
        return f"{name}: no such setting; there are {known}{suggestion(name, known.split(', '))}"
    if detail["type"] == "extra_forbidden":
        return no_such_setting(keys, known_settings(keys[:-1], root))
    if detail["type"] == "missing":
        return f"{setting} is missing: it must be {_accepted(keys, root)}"
    value = shown(detail["input"])
    end = suggestion(value, _CHOICE.findall(str(detail.get("ctx", {}).get("expected", ""))))
    return f"{setting}={value}: must be {_accepted(keys, root)}{end}"


def no_such_setting(keys: Sequence[str], known: str) -> str:
    """Say which settings a group has, and which one may have been meant.

    Args:
        keys: lead to the setting that is not there.
        known: names of those that are, as `known_settings` lists them.
    """
    group = ".".join(keys[:-1]) or "the top level"
    end = suggestion(keys[-1], known.split(", "))
    return f"{'.'.join(keys)}: no such setting; {group} has {known}{end}"


def known_settings(group: list[str], root: Model = Settings) -> str:
    """List the settings of a group, given the keys that lead to it; empty for no such group."""
    model = _model(group, root)
    return ", ".join(model.model_fields) if model else ""


def _accepted(keys: list[str], root: Model) -> str:
    model = _model(keys[:-1], root)
    if model is None:
        # A value inside of a setting, as in schedule.layer_sparsity.
        return _accepted(keys[:-1], root)
    field = model.model_fields.get(keys[-1])
    return (field and field.description) or "a group of settings"


def _model(keys: list[str], root: Model) -> Model | None:
    model: Model = root
    for key in keys:
        field = model.model_fields.get(key)
        kind = field.annotation if field else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return None
        model = kind
    return model
