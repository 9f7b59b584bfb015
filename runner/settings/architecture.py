"""Describe the network, shipped or the user's own."""

from typing import Self

from pydantic import model_validator

from runner.errors import Refused
from runner.settings.base import Group
from runner.settings.fields import (
    Flag,
    Name,
    OptionalFile,
    OptionalText,
)
from runner.settings.overrides import as_override


class ArchitectureSettings(Group):
    """Which network to build, or to read from a file; trust lets code in that file run."""

    of_some_choices = frozenset({"path", "target", "trust", "labels", "check_scale"})

    name: Name = "lenet_300_100"
    """Network, chosen as `architecture=NAME`."""
    path: OptionalFile = None
    """Model of `architecture=keras_file`: a `.h5` or `.keras` file of Keras 2 or 3; or, if it is
    trusted, a SavedModel folder of Keras 2."""
    target: OptionalText = None
    """Function of `architecture=callable`, as in `package.module:function`; it takes an input shape
    and a number of classes and returns an untrained model of Keras 2 or 3."""
    trust: Flag = False
    """Whether the file of `architecture=keras_file` may run code and read other files, as a Lambda
    layer, a StringLookup layer and a SavedModel do."""

    labels: OptionalFile = None
    """Text file with the names of an own model's classes, one a line, in the order of its outputs;
    needed only where the model has more classes than the data, and the data names them."""
    check_scale: Flag = True
    """Whether an own model with weights is refused where another `dataset.scale` is clearly better
    for it."""

    @property
    def label(self) -> str:
        """What people call the network."""
        if self.path is not None:
            return self.path.stem
        return self.target.rpartition(":")[2] if self.target else self.name

    @model_validator(mode="after")
    def _only_own_models_have_sources(self) -> Self:
        takers = {"path": "keras_file", "trust": "keras_file", "target": "callable"}
        if self.name != "callable":
            takers["labels"] = "keras_file"
        for setting, taker in takers.items():
            if getattr(self, setting) and self.name != taker:
                value = as_override(getattr(self, setting))
                raise Refused(
                    f"architecture.{setting}={value}: architecture={self.name} takes none; "
                    f"take architecture={taker}"
                )
        return self

    @model_validator(mode="after")
    def _own_models_are_named(self) -> Self:
        if self.name == "keras_file" and self.path is None:
            raise Refused(
                "architecture.path=null: architecture=keras_file takes the path of a model "
                "(.h5, .keras or a SavedModel folder)"
            )
        if self.name == "callable" and self.target is None:
            raise Refused(
                "architecture.target=null: architecture=callable takes the name of a function, "
                "package.module:function"
            )
        return self
