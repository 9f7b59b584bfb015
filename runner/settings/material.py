"""Raw values of the data set and the architecture go in; frozen settings come out."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from runner.errors import Refused
from runner.settings.fields import (
    Flag,
    Name,
    OptionalFile,
    OptionalFolder,
    OptionalShare,
    OptionalSize,
    OptionalText,
    Share,
)
from runner.settings.group import Group
from runner.settings.typed import typed

_DATASETS = "digits, mnist, fashion_mnist, cifar10, npz, image_folder"


class DatasetSettings(Group):
    """Which images to learn from, and where they lie; the last three belong to image folders."""

    name: Annotated[
        Literal["digits", "mnist", "fashion_mnist", "cifar10", "npz", "image_folder"],
        Field(description=f"one of {_DATASETS}"),
    ]
    validation_share: Share
    folder: OptionalFolder = None
    path: OptionalFile = None
    image_size: OptionalSize = None
    color: Annotated[Literal["rgb", "grayscale"] | None, Field(description="rgb or grayscale")] = (
        None
    )
    test_share: OptionalShare = None

    @model_validator(mode="after")
    def _own_data_has_a_path(self) -> Self:
        if self.name == "npz" and self.path is None:
            raise Refused("dataset.path=null: dataset=npz takes the path of an .npz file")
        if self.name == "image_folder":
            if self.path is None:
                raise Refused(
                    "dataset.path=null: dataset=image_folder takes the path of a folder with a "
                    "folder of images for each class"
                )
            for setting in ("image_size", "color", "test_share"):
                if getattr(self, setting) is None:
                    raise Refused(f"dataset.{setting}=null: dataset=image_folder needs it")
        return self


class ArchitectureSettings(Group):
    """Which network to build, or to read from a file; trust lets code in that file run."""

    name: Name
    path: OptionalFile = None
    target: OptionalText = None
    trust: Flag = False

    @property
    def label(self) -> str:
        """What people call the network."""
        if self.path is not None:
            return self.path.stem
        return self.target.rpartition(":")[2] if self.target else self.name

    @model_validator(mode="after")
    def _only_own_models_have_sources(self) -> Self:
        takers = {"path": "keras_file", "trust": "keras_file", "target": "callable"}
        for setting, taker in takers.items():
            if getattr(self, setting) and self.name != taker:
                value = typed(getattr(self, setting))
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
