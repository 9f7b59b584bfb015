"""Shorten a text to the columns of a terminal that there are for it."""

from rich.cells import cell_len, chop_cells

_GAP = "…"


def shortened(text: str, columns: int) -> str:
    """Leave out the middle of a name that is too long: what tells names apart is at both ends."""
    if cell_len(text) <= columns:
        return text
    rest = columns - 1
    if rest < 1:
        return _GAP[: max(0, columns)]
    end = _start(text[::-1], rest // 2)[::-1]
    return f"{_start(text, rest - rest // 2)}{_GAP}{end}"


def cut(text: str, columns: int) -> str:
    """Leave out the end of a sentence that is too long."""
    return text if cell_len(text) <= columns else f"{_start(text, columns - 1)}{_GAP}"


def padded(text: str, columns: int) -> str:
    """Shorten a name, or fill it up with spaces: it takes so many columns then."""
    fitting = shortened(text, columns)
    return fitting + " " * (columns - cell_len(fitting))


def _start(text: str, columns: int) -> str:
    """Return as many letters as so many columns hold; some letters take two."""
    return next(iter(chop_cells(text, columns)), "") if columns > 1 else text[: max(0, columns)]
