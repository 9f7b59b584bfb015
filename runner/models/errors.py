"""Turn the faults of a user's model into refusals that name the setting it comes from."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runner.errors import ImpossiblePoint, Refused, RunnerError

if TYPE_CHECKING:
    # A process that only checks a file need not import the settings, which takes most of a second.
    from runner.settings import ArchitectureSettings


class Unfit(RunnerError):
    """A model cannot be pruned; the text says why."""


class UnfitForData(Unfit):
    """A model does not go with these images or labels, but may with others."""


def subject(settings: "ArchitectureSettings") -> str:
    """Return the setting that names the model, with its value, as `architecture=lenet5`."""
    if settings.name == "keras_file":
        return f"architecture.path={settings.path}"
    if settings.name == "callable":
        return f"architecture.target={settings.target}"
    return f"architecture={settings.name}"


@contextmanager
def refusing(settings: "ArchitectureSettings") -> Iterator[None]:
    """Put the setting of the model in front of what is wrong with it.

    Raises:
        ImpossiblePoint: the block raises UnfitForData.
        Refused: the block raises Unfit.
    """
    try:
        yield
    except UnfitForData as reason:
        raise ImpossiblePoint(f"{subject(settings)}: {reason}") from None
    except Unfit as reason:
        raise Refused(f"{subject(settings)}: {reason}") from None


def short(error: BaseException, most: int = 200) -> str:
    """Fold an error into one line of its type and at most that many characters of its text."""
    # Keras gives the reason last, after paragraphs that describe a layer.
    text = " ".join(str(error).split()).rpartition("Exception encountered: ")[2]
    beginning = text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} ..."
    return f"{type(error).__name__}: {beginning}" if beginning else type(error).__name__
