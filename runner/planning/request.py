"""Describe what an inspection needs to know of a point."""

import hashlib
from pathlib import Path

from pydantic import Field

from runner.data.classes import Classes
from runner.data.scale import Scale, scale_of
from runner.models import user_function
from runner.models.class_names import class_names
from runner.models.digest import digest
from runner.models.errors import refusing
from runner.settings import (
    ArchitectureSettings,
    ChannelsSettings,
    CompressSettings,
    ScheduleSettings,
)
from runner.settings.base import Group
from runner.settings.targets import Target

# Settings that decide whether layers can be pruned and compressed.
_OF_THE_SCHEDULE = {
    "dense_layers", "layer_sparsity", "block_size", "block_pooling", "m_by_n", "policy"
}  # fmt: skip
_OF_COMPRESSION = {"name", "clusters"}
# Those that decide how many channels each layer keeps; which ones makes no difference.
_OF_CHANNELS = {"share", "layer_share", "multiple", "keep_layers"}


class Request(Group):
    """Hold a model, what a point does to it, and the images that it is for.

    Attributes:
        shape: shape of one image.
        classes: the classes of the labels.
        scale: range of numbers that images are to be scaled to.
        scale_is_chosen: whether a user has chosen that range, rather than left it as usual.
        targets: files that are to be made of it.
        data: identifies the images.
        sample: file with some of them, as pixels, to try a model with weights on; None for none.
        channels: how many channels are removed before pruning.
    """

    architecture: ArchitectureSettings
    schedule: ScheduleSettings
    compress: CompressSettings
    shape: tuple[int, ...]
    classes: Classes
    scale: Scale = scale_of("0..1")
    scale_is_chosen: bool = False
    targets: tuple[Target, ...] = ()
    data: str = ""
    sample: Path | None = None
    channels: ChannelsSettings = Field(default_factory=ChannelsSettings)

    @property
    def key(self) -> str:
        """Identify the answer: requests with the same key get the same answer.

        Raises:
            Refused: the user's file cannot be read, or there is no such function.
        """
        reduced = {"schedule": _OF_THE_SCHEDULE, "compress": _OF_COMPRESSION}
        if self.channels.removes:
            reduced["channels"] = _OF_CHANNELS
        names = ("architecture", "shape", "classes", "scale", "scale_is_chosen", "targets", "data")
        whole = dict.fromkeys(names, True)
        return content(self.architecture) + self.model_dump_json(include={**reduced, **whole})


def content_digest(settings: ArchitectureSettings) -> str:
    """Return 16 hexadecimal digits for what `content` returns."""
    return hashlib.sha256(content(settings).encode()).hexdigest()[:16]


def content(settings: ArchitectureSettings) -> str:
    """Return the SHA-256 of the user's own file, or of their function, and the classes it names.

    Returns:
        An empty string for a shipped architecture.

    Raises:
        Refused: the file cannot be read, or there is no such function.
    """
    with refusing(settings):
        names = class_names(settings)
        suffix = "" if names is None else "\n".join(("", *names))
        if settings.name == "keras_file" and settings.path is not None:
            return digest(settings.path) + suffix
        if settings.name == "callable" and settings.target is not None:
            return user_function.source_digest(settings.target) + suffix
    return ""
