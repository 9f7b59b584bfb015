"""Read the names of an own model's classes from a text file."""

from pathlib import Path

from runner.data.classes import repeated
from runner.escaping.brief import brief
from runner.files.regular_file import UnfitFile, read_text
from runner.models.errors import Unfit, short
from runner.settings import ArchitectureSettings


def class_names(settings: ArchitectureSettings) -> tuple[str, ...] | None:
    """Return the names in the order of the model's outputs; None where the settings name no file.

    Raises:
        Unfit: the file cannot be read, or does not hold at least two different names.
    """
    if settings.labels is None:
        return None
    names = _lines(settings.labels)
    if len(names) < 2:
        raise Unfit(f"architecture.labels={settings.labels}: must name at least two, one a line")
    twice = repeated(names)
    if twice is not None:
        raise Unfit(f"architecture.labels={settings.labels}: names {brief(twice)} twice")
    return names


def _lines(path: Path) -> tuple[str, ...]:
    try:
        lines = read_text(path).splitlines()
    except UnfitFile as reason:
        raise Unfit(f"architecture.labels={path}: {reason}") from None
    except (OSError, ValueError) as error:
        raise Unfit(f"architecture.labels={path}: cannot be read ({short(error)})") from None
    return tuple(line.strip() for line in lines if line.strip())
