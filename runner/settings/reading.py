"""Hydra's composed configuration goes in; settings, or the line that refuses them, come out."""

import copy

from omegaconf import DictConfig, OmegaConf, open_dict
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from runner.refusal import ImpossiblePoint, Refused
from runner.settings.groups import Settings
from runner.settings.typed import typed


def from_hydra(config: DictConfig) -> Settings:
    """Convert a composed configuration, with or without its hydra node, into settings.

    Raises:
        ImpossiblePoint: values that are each fine do not go together.
        Refused: any other value that is not accepted.
    """
    composed = copy.copy(config)
    with open_dict(composed):
        composed.pop("hydra", None)
    values = OmegaConf.to_container(composed, resolve=True)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> Refused:
    """Say the first thing that is wrong; impossible only where nothing else is."""
    details = error.errors()
    wrong = [each for each in details if each["type"] != "impossible"]
    if not wrong:
        return ImpossiblePoint(details[0]["msg"])
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return Refused(_line(wrong[0]) + more)


def _line(detail: ErrorDetails) -> str:
    keys = [key for key in detail["loc"] if isinstance(key, str)]
    setting = ".".join(keys)
    if detail["type"] == "extra_forbidden":
        return f"{setting}: no such setting; {'.'.join(keys[:-1])} has {known_settings(keys[:-1])}"
    if detail["type"] == "missing":
        return f"{setting} is missing: it must be {_accepted(keys)}"
    return f"{setting}={typed(detail['input'])}: must be {_accepted(keys)}"


def known_settings(group: list[str]) -> str:
    """List the settings of a group, given the keys that lead to it; empty for no such group."""
    model = _model(group)
    return ", ".join(model.model_fields) if model else ""


def _accepted(keys: list[str]) -> str:
    model = _model(keys[:-1])
    field = model.model_fields.get(keys[-1]) if model else None
    return (field and field.description) or "a group of settings"


def _model(keys: list[str]) -> type[BaseModel] | None:
    model: type[BaseModel] = Settings
    for key in keys:
        field = model.model_fields.get(key)
        kind = field.annotation if field else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return None
        model = kind
    return model
