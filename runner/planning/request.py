"""Settings and what is known of the data go in; what an inspection is asked comes out."""

from runner.models import user_function
from runner.models.digest import digest
from runner.models.errors import refusing
from runner.settings import ArchitectureSettings, CompressSettings, ScheduleSettings
from runner.settings.base import Group

# What decides whether layers can be pruned; how long and how much does not.
_OF_THE_SCHEDULE = {
    "dense_layers", "layer_sparsity", "block_size", "block_pooling", "m_by_n", "policy"
}  # fmt: skip
_OF_COMPRESSION = {"name", "clusters"}


class Request(Group):
    """A model, what is to be done to it, and the shape (H, W, C) and classes of its images."""

    architecture: ArchitectureSettings
    schedule: ScheduleSettings
    compress: CompressSettings
    shape: tuple[int, int, int]
    classes: int

    @property
    def key(self) -> str:
        """Identify the answer: two requests with this key get the same one.

        Raises:
            Refused: there is no such function.
        """
        reduced = {"schedule": _OF_THE_SCHEDULE, "compress": _OF_COMPRESSION}
        whole = {"architecture": True, "shape": True, "classes": True}
        return content(self.architecture) + self.model_dump_json(include={**reduced, **whole})


def content(settings: ArchitectureSettings) -> str:
    """Identify the content of the user's own file, or the code of their function; else nothing.

    Raises:
        Refused: there is none.
    """
    with refusing(settings):
        if settings.name == "keras_file" and settings.path is not None:
            return digest(settings.path)
        if settings.name == "callable" and settings.target is not None:
            return user_function.source_digest(settings.target)
    return ""
