"""Describe how training images vary from epoch to epoch."""

from typing import Annotated, Literal

from pydantic import Field

from runner.settings.base import Group, impossible
from runner.settings.fields import Drop, Repeats, Sparsity

Turn = Annotated[
    float, Field(strict=True, ge=0, le=0.5, description="a share of a full turn, from 0 to 0.5")
]


class AugmentSettings(Group):
    """How training images vary, anew in every epoch; all other images stay as they are."""

    shift: Repeats = 0
    """Pixels by which a training image is moved at most in each direction; black comes after it."""
    flip: Annotated[
        Literal["horizontal", "vertical", "both"] | None,
        Field(description="horizontal, vertical, both, or null"),
    ] = None
    """Whether one of two training images is mirrored: left and right (horizontal), top and bottom
    (vertical), or each by itself (both)."""
    rotation: Turn = 0.0
    """Share of a full turn by which a training image is rotated at most in each direction; black
    fills the corners."""
    zoom: Sparsity = 0.0
    """Share by which what is seen of a training image becomes larger or smaller at most; black
    surrounds it where it shrinks."""
    brightness: Drop = 0.0
    """Share of the range from black to white by which a training image becomes brighter or darker
    at most."""
    contrast: Drop = 0.0
    """Share by which the differences of pixels from their mean become larger or smaller at most;
    drawn once for each training step."""

    @property
    def pixels(self) -> dict[str, float]:
        """Those settings that change pixels by the range of numbers that they have."""
        given = {"brightness": self.brightness, "contrast": self.contrast}
        return {name: value for name, value in given.items() if value}

    @property
    def varied(self) -> dict[str, object]:
        """Those settings that vary anything."""
        return {name: value for name, value in self if value}

    def check_scale(self, scale: str) -> None:
        """Refuse what needs to know which numbers are black and white.

        Raises:
            PydanticCustomError: names the setting.
        """
        if scale == "as_is":
            for name, value in self.pixels.items():
                accepted = "0 with dataset.scale=as_is: black and white are not known"
                raise impossible(f"augment.{name}", value, accepted)
