"""What is wrong with a model goes in; the refusal that names the setting it came from comes out."""

from collections.abc import Iterator
from contextlib import contextmanager

from runner.errors import ImpossiblePoint, Refused, SelfExplaining
from runner.settings import ArchitectureSettings


class Unfit(SelfExplaining):
    """A model that cannot be worked with; the text is why."""


class UnfitForData(Unfit):
    """A model that is fine alone, but not with these images or labels."""


def subject(settings: ArchitectureSettings) -> str:
    """Name the setting that says which model is meant, with its value."""
    if settings.name == "keras_file":
        return f"architecture.path={settings.path}"
    if settings.name == "callable":
        return f"architecture.target={settings.target}"
    return f"architecture={settings.name}"


@contextmanager
def refusing(settings: ArchitectureSettings) -> Iterator[None]:
    """Turn what is wrong with the model into the line that the user reads.

    Raises:
        ImpossiblePoint: it does not go with the data.
        Refused: it goes with no data.
    """
    try:
        yield
    except UnfitForData as reason:
        raise ImpossiblePoint(f"{subject(settings)}: {reason}") from None
    except Unfit as reason:
        raise Refused(f"{subject(settings)}: {reason}") from None


def short(error: BaseException, most: int = 200) -> str:
    """Fold an error into one short line: Keras' own go on for paragraphs."""
    # Its reason comes last, behind the whole description of a layer.
    text = " ".join(str(error).split()).rpartition("Exception encountered: ")[2]
    kept = text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} ..."
    return f"{type(error).__name__}: {kept}" if kept else type(error).__name__
