"""Draw the champion and the challenger side by side."""

from textwrap import wrap

from rich.console import Console

from runner.escaping.terminal import visible
from runner.results.choice import CONFIDENCE
from runner.results.file import File
from runner.results.file_words import device_words
from runner.results.number_words import percent_words
from runner.statistics.wilson import wilson_ends

_UNKNOWN = "not known"
_GAP = "  "
# What a cell needs to be read.
_LEAST = 12


def side_by_side(version: str, champion: File | None, challenger: File) -> list[str]:
    """Return the lines of a table as wide as the terminal, or as it needs in a pipe.

    Args:
        version: the champion's number.
        champion: its file; None where nothing is known of it.
    """
    own, other = _cells(challenger), _cells(champion) if champion else {}
    rows = [["", f"champion, version {version}", "challenger"]]
    rows += [[name, other.get(name, _UNKNOWN), text] for name, text in own.items()]
    console = Console()
    return _drawn(
        [[visible(cell) for cell in row] for row in rows],
        console.width if console.is_terminal else None,
    )


def _cells(file: File) -> dict[str, str]:
    """Return what is shown of a file, by the names of the lines."""
    images = file.images or (0, 0)
    confidence = percent_words(CONFIDENCE)
    return {
        "kind": str(file.target),
        "point": file.point.name,
        "file": f"{file.size_bytes:,.0f} bytes",
        "zipped": f"{file.zip_bytes:,.0f} bytes",
        f"validation accuracy ({confidence} interval)": _share(file.validation_accuracy, images[0]),
        f"test accuracy ({confidence} interval)": _share(file.accuracy, images[1]),
        "drop from its baseline": f"{file.validation_drop * 100:.2f} points",
        f"on {device_words(file.device)}": _on_device(file),
    }


def _share(accuracy: float, images: int) -> str:
    """Write an accuracy with the interval of Wilson, where the number of images is known."""
    if not images:
        return f"{accuracy:.2%}"
    low, high = wilson_ends(round(accuracy * images), images, CONFIDENCE)
    return f"{accuracy:.2%} ({float(low):.2%} to {float(high):.2%})"


def _on_device(file: File) -> str:
    if not file.runs:
        verb = "nobody knows" if file.runs is None else "does not run"
        return f"{verb}: {file.reason}" if file.reason else verb
    figures = [f"{file.size:,.0f} bytes"]
    figures += [f"{file.ram:,.0f} bytes of RAM"] if file.ram is not None else []
    figures += [f"{file.latency_ms:.3g} ms an image"] if file.latency_ms is not None else []
    return f"runs: {', '.join(figures)}"


def _drawn(rows: list[list[str]], width: int | None) -> list[str]:
    """Put cells below their heads; those that are too wide are broken between words."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if width is not None and sum(widths) + 2 * len(_GAP) > width:
        widths = _narrowed(widths, width - 2 * len(_GAP))
    lines = []
    for row in rows:
        parts = [wrap(cell, size) or [""] for cell, size in zip(row, widths, strict=True)]
        for number in range(max(map(len, parts))):
            cells = (part[number] if number < len(part) else "" for part in parts)
            padded = (cell.ljust(size) for cell, size in zip(cells, widths, strict=True))
            lines.append(_GAP.join(padded).rstrip())
    return lines


def _narrowed(widths: list[int], room: int) -> list[int]:
    """Give the names a quarter of the room at most, and both files the same."""
    names = max(min(widths[0], room // 4), _LEAST)
    each = max((room - names) // 2, _LEAST)
    return [names, each, each]
