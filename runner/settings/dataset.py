"""Describe the data set, built in or the user's own."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from runner.errors import Refused
from runner.settings.base import Group
from runner.settings.fields import (
    ChannelDeviations,
    ChannelNumbers,
    FileOrAddress,
    Flag,
    OptionalCount,
    OptionalFolder,
    OptionalShare,
    OptionalSize,
    Seed,
    Share,
)
from runner.settings.overrides import as_override

Resize = Literal["stretch", "crop", "pad"]
ScaleName = Literal["0..1", "-1..1", "0..255", "imagenet", "caffe", "mean_std", "as_is"]
SCALES: tuple[ScaleName, ...] = get_args(ScaleName)
_DATASETS = "digits, mnist, fashion_mnist, cifar10, npz, image_folder"


class DatasetSettings(Group):
    """Which images to learn from, where they lie, and the numbers that a model takes for them."""

    of_some_choices = frozenset(
        {"folder", "path", "image_size", "resize", "color", "test_share", "skip_unreadable"}
    )

    name: Annotated[
        Literal["digits", "mnist", "fashion_mnist", "cifar10", "npz", "image_folder"],
        Field(description=f"one of {_DATASETS}"),
    ] = "digits"
    """Data set, chosen as `dataset=NAME`."""
    validation_share: Share = 0.1
    """Share of the training images, taken from their end, that is set apart for validation."""
    limit: OptionalCount = None
    """Most images to take, of training, validation and test together; the classes keep their
    proportions, and so do the parts. null takes all."""
    train_images: OptionalCount = None
    """Images to train on, drawn likewise after those for validation were set apart: those for
    validation and test stay the same. null takes all."""
    seed: Seed = 0
    """Decides which images `dataset.limit` and `dataset.train_images` take; `seed` does not."""
    folder: OptionalFolder = None
    """Folder that holds `NAME.npz` of a known data set; the default is `RUNNER_DATA`. Without such
    a file Keras downloads it."""
    path: FileOrAddress = None
    """File of `dataset=npz`, or its address, as in `s3://BUCKET/FILE.npz`; or folder of
    `dataset=image_folder`."""
    ship: Flag = False
    """Whether `hydra/launcher=ray` hands the file of the data set to each machine that has it not,
    up to 2 GB; without it, each machine needs the file at the same path."""
    image_size: OptionalSize = None
    """Height and width in pixels that the images of a folder are scaled to; [32,32] with
    `dataset=image_folder`."""
    resize: Annotated[Resize | None, Field(description="stretch, crop or pad")] = None
    """How the images of a folder are brought to that size: `stretch` takes all of an image,
    whatever its shape, between the four nearest pixels; `crop` takes the largest part of the wanted
    shape from its middle, and `pad` puts black borders beside it, both with antialiasing; stretch
    with `dataset=image_folder`."""
    color: Annotated[Literal["rgb", "grayscale"] | None, Field(description="rgb or grayscale")] = (
        None
    )
    """Whether the images of a folder have 3 channels or 1; rgb with `dataset=image_folder`."""
    test_share: OptionalShare = None
    """Share of the images of a folder that is set apart for the test, where it has no folder
    `test`; 0.2 with `dataset=image_folder`."""
    skip_unreadable: Flag = False
    """Whether images of a folder that cannot be read are left out, rather than refused."""
    scale: Annotated[ScaleName, Field(description=f"one of {', '.join(SCALES)}")] = "0..1"
    """Range of numbers that the model takes for pixels: `0..1`, `-1..1`, `0..255`; `imagenet`
    (ImageNet's mean and deviation), `caffe` (BGR, means taken off), `mean_std` (`dataset.mean` and
    `dataset.std`); `as_is` takes the numbers of the file, whatever their range and shape."""
    mean: ChannelNumbers = None
    """Means of `dataset.scale=mean_std`, of pixels from 0 to 1: one number, or one a channel."""
    std: ChannelDeviations = None
    """Standard deviations of `dataset.scale=mean_std`, likewise."""
    scale_in_file: Flag = False
    """Whether the exported files take pixels from 0 to 255, and scale them in a first layer."""

    @classmethod
    def dependent_defaults(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the defaults of an image folder, or where known data sets lie."""
        if values.get("name") == "image_folder":
            return {
                "image_size": (32, 32),
                "resize": "stretch",
                "color": "rgb",
                "test_share": 0.2,
            }
        if values.get("name") in ("mnist", "fashion_mnist", "cifar10"):
            return {"folder": os.environ.get("RUNNER_DATA")}
        return {}

    @property
    def address(self) -> str | None:
        """Where the data set is fetched from; None for one on this machine."""
        return self.path if isinstance(self.path, str) else None

    @property
    def place(self) -> Path | None:
        """The user's own file or folder on this machine."""
        return self.path if isinstance(self.path, Path) else None

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
            if self.address is not None:
                raise Refused(
                    f"dataset.path={self.address}: dataset=image_folder takes a folder of this "
                    "machine; an address is taken by dataset=npz"
                )
            if self.ship:
                raise Refused(
                    f"dataset.ship=true: dataset=image_folder takes dataset.path={self.path} as a "
                    "folder that all machines have; a file of dataset=npz can be shipped"
                )
            for setting in ("image_size", "resize", "color", "test_share"):
                if getattr(self, setting) is None:
                    raise Refused(f"dataset.{setting}=null: dataset=image_folder needs it")
        return self

    @model_validator(mode="after")
    def _means_belong_to_one_scale(self) -> Self:
        for setting in ("mean", "std"):
            value = getattr(self, setting)
            if value is None and self.scale == "mean_std":
                raise Refused(f"dataset.{setting}=null: dataset.scale=mean_std needs it")
            if value is not None and self.scale != "mean_std":
                raise Refused(
                    f"dataset.{setting}={as_override(value)}: dataset.scale={self.scale} takes "
                    "none; take dataset.scale=mean_std"
                )
        sizes = {len(numbers) for numbers in (self.mean, self.std) if numbers} - {1}
        if len(sizes) > 1:
            raise Refused(
                f"dataset.std={as_override(self.std)}: must be as many numbers as dataset.mean"
            )
        return self

    @model_validator(mode="after")
    def _only_pixels_are_scaled_in_files(self) -> Self:
        if self.scale_in_file and self.scale == "as_is":
            raise Refused(
                "dataset.scale_in_file=true: dataset.scale=as_is scales nothing; must be false"
            )
        return self
