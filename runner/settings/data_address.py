"""Take the address of a data set on another machine, beside paths of this one."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from runner.errors import Refused
from runner.settings.address_mask import MASK, holds_secret, masked

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*)://")
# By the scheme of fsspec.
SCHEMES = ("s3", "gs", "https", "http", "file", "memory")
# Where the libraries that speak to a service look for a login, beside other places.
_LOGINS = {
    "s3": "logins come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "gs": "logins come from GOOGLE_APPLICATION_CREDENTIALS=FILE, or from "
    "gcloud auth application-default login",
}
_UNREADABLE = "an address must be one that can be read, and hold no login"
_OF_THE_WEB = "logins come from ~/.netrc, or the file that NETRC names"


def is_address(value: object) -> bool:
    """Tell whether a setting names something by its address, and not by its path."""
    return isinstance(value, str) and bool(_ADDRESS.match(value))


def where_logins_are(scheme: str) -> str:
    """Say where a login belongs that an address of this scheme needs."""
    return _LOGINS.get(scheme, _OF_THE_WEB)


def path_or_address(value: Path | str | None) -> Path | str | None:
    """Return the path of `dataset.path`, or its address as it is.

    Raises:
        Refused: nothing can be fetched from there, or the address holds a login, which would be
            written into the store with all settings.
    """
    if not isinstance(value, str) or not (is_address(value) or value == MASK):
        return Path(value) if isinstance(value, str) else value
    fault = _fault(value)
    if fault:
        raise Refused(f"dataset.path={_shown(value)}: {fault}")
    return value


def _shown(address: str) -> str:
    """Return an address without what may be secret in it, which begins with its scheme."""
    shown = masked(address)
    scheme = _ADDRESS.match(address)
    return f"{scheme[0]}{MASK}" if scheme and shown == MASK else shown


def _fault(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        # What Python says of it repeats what may be a password.
        return _UNREADABLE
    if parts.scheme not in SCHEMES:
        return f"an address must begin with one of {', '.join(SCHEMES)}"
    if "::" in address:
        return "an address must be one, not several with :: between them"
    if parts.query or parts.fragment or "@" in parts.netloc:
        login = where_logins_are(parts.scheme)
        return f"an address must hold no login, no ? and no #; {login}"
    if MASK in address or ("@" in address and holds_secret(address)):
        # The command line has hidden the rest already, or it could be read in two ways.
        return f"{_UNREADABLE}; {where_logins_are(parts.scheme)}"
    return ""
