"""Read and write numbers of bytes with a unit, of which K is 1,024."""

import re

# As in 256K or 1.5M.
_WITH_UNIT = re.compile(r"(\d+(?:\.\d+)?)([KMG])(?:i?B)?")
_UNITS = (("G", 1024**3), ("M", 1024**2), ("K", 1024))
ACCEPTED = "bytes, as in 65536, 64K or 1.5M (K is 1,024)"


def read_bytes(value: object) -> object:
    """Return the number that a text with a unit stands for; any other value as it is."""
    match = _WITH_UNIT.fullmatch(value) if isinstance(value, str) else None
    return round(float(match[1]) * 1024 ** " KMG".index(match[2])) if match else value


def as_option(count: float) -> str:
    """Write a number of bytes exactly, with a unit where it is a whole number of them."""
    for unit, size in _UNITS:
        if count >= size and count % size == 0:
            return f"{count / size:.0f}{unit}"
    return f"{count:.0f}"


def in_units(count: float) -> str:
    """Write a number of bytes as people say it: 262,144 as 256K, 700 as it is."""
    for unit, size in _UNITS:
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + unit
    number = f"{count:,.0f}"
    return f"{number} byte{'' if number == '1' else 's'}"
