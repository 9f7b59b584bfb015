"""Give every group of settings what all of them have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError


class Group(BaseModel):
    """Settings that are frozen, of which none is unknown, and whose defaults are those of conf/.

    Attributes:
        of_some_choices: names of the settings that conf/ does not hold for every choice.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
    of_some_choices: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def dependent_defaults(cls, values: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003
        """Return the defaults that depend on values which were given."""
        return {}

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, values: Any, info: ValidationInfo) -> Any:
        # A composed configuration is complete: conf/ has filled it in.
        if info.context == COMPOSED or not isinstance(values, Mapping):
            return values
        return {**cls.dependent_defaults(values), **values}

    @field_validator("*", mode="before")
    @classmethod
    def _without_sign_of_zero(cls, value: Any) -> Any:
        return without_sign_of_zero(value)


def without_sign_of_zero(value: Any) -> Any:
    """Return a value with 0.0 for each -0.0, which is the same number by another name."""
    if isinstance(value, list | tuple):
        return type(value)(map(without_sign_of_zero, value))
    if isinstance(value, dict):
        return {name: without_sign_of_zero(each) for name, each in value.items()}
    return value + 0.0 if isinstance(value, float) else value


# The validation context of a configuration that Hydra has composed.
COMPOSED = {"composed": True}


def impossible(setting: str, value: object, accepted: str) -> PydanticCustomError:
    """Return the error that a value is fine alone but does not go with the others of its group."""
    line = f"{setting}={value}: must be {accepted}"
    return PydanticCustomError("impossible", "{line}", {"line": line})
