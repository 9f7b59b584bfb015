"""Nothing goes in; what all groups of settings have in common comes out."""

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Group(BaseModel):
    """Settings that are frozen, and of which none is unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def impossible(setting: str, value: object, accepted: str) -> PydanticCustomError:
    """Say that a value is fine alone but not with the others of its group."""
    line = f"{setting}={value}: must be {accepted}"
    return PydanticCustomError("impossible", "{line}", {"line": line})
