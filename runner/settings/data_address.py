"""Take the address of a data set on another machine, beside paths of this one."""

import re
from pathlib import Path
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*)://")
# By the scheme of fsspec.
SCHEMES = ("s3", "gs", "https", "http", "file", "memory")
_ENVIRONMENT = "logins belong into the environment, as AWS_ACCESS_KEY_ID"


def is_address(value: object) -> bool:
    """Tell whether a setting names something by its address, and not by its path."""
    return isinstance(value, str) and bool(_ADDRESS.match(value))


def path_or_address(value: Path | str | None) -> Path | str | None:
    """Return a path, or an address as it is.

    Raises:
        ValueError: nothing can be fetched from there, or the address holds a login, which would be
            written into the store with all settings.
    """
    if not isinstance(value, str) or not is_address(value):
        return Path(value) if isinstance(value, str) else value
    parts = urlsplit(value)
    if parts.scheme not in SCHEMES:
        raise ValueError(f"an address must begin with one of {', '.join(SCHEMES)}")
    if "::" in value:
        raise ValueError("an address must be one, not several with :: between them")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(f"an address must hold no login, no ? and no #; {_ENVIRONMENT}")
    return value
