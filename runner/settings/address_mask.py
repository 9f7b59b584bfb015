"""Mask what is secret in the address of a store, by parsing it."""

import re
from urllib.parse import SplitResult, urlsplit

MASK = "***"
# What may be printed of an address that cannot be parsed.
_SCHEME = re.compile(
    r"(?:https?|ftp|file|s3|gs|memory|sqlite|databricks(?:-uc)?|(?:postgres(?:ql)?|mysql|mariadb|mssql|oracle)"
    r"(?:\+[a-z0-9_]+)?)://",
    re.IGNORECASE,
)
_FILE = "sqlite:///"
_HOST = re.compile(r"[\w.-]*|\[[0-9a-fA-F:.]+(?:%25\w+)?\]")
_USER = re.compile(r"[\w.!$&'()+,;=~%-]+")
# A path, a word, or a host with a port: no address, and nothing is secret in it.
_PLAIN = re.compile(r"(?:(?:file|sqlite):)?[\w./~ -]*|[\w.-]+:\d{1,5}/?")
_HARMLESS = frozenset(
    {"charset", "client_encoding", "connect_timeout", "driver", "encrypt", "options_timeout"}
    | {"read_timeout", "sslmode", "ssl_mode", "timeout", "trustservercertificate", "workspace"}
)
_HARMLESS_VALUE = re.compile(r"[\w.+ -]{0,40}")
_NAME = re.compile(r"[A-Za-z][A-Za-z_-]{0,31}")


def masked(address: str) -> str:
    """Return the address without what is secret in it; of one that cannot be parsed, its scheme.

    Three stars stand for a password, for a user without one (a token), and for what follows `?`
    and `#`, of which only settings such as `charset` are kept. A second call changes nothing.
    """
    if address.startswith(_FILE) or _PLAIN.fullmatch(address):
        return address
    parts = parsed(address)
    if parts is None:
        known = _SCHEME.match(address)
        return f"{known[0]}{MASK}" if known else MASK
    query = "?" + "&".join(map(_masked_setting, parts.query.split("&"))) if parts.query else ""
    fragment = f"#{MASK}" if parts.fragment else ""
    scheme = address[: len(parts.scheme)]
    return f"{scheme}://{_masked_place(parts)}{parts.path}{query}{fragment}"


def without_login(address: str) -> str:
    """Return a server's address for a browser, which asks for the login itself, without a slash."""
    shown = masked(address)
    parts = parsed(shown)
    if parts is None:
        return shown
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"


def holds_secret(address: str) -> bool:
    """Tell whether something in the address must not be shown."""
    return masked(address) != address


def is_masked(address: str) -> bool:
    """Tell whether the address is one that `masked` has taken a secret out of."""
    return MASK in address and masked(address) == address and not address.startswith(_FILE)


def parsed(address: str) -> SplitResult | None:
    """Parse an address; None where a part of it may be meant as another part."""
    # Python's parser drops some of these, and takes the others for parts of a name.
    if not _SCHEME.match(address) or re.search(r"[\s\\\x00-\x1f\x7f\"<>`]", address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        name = host if parts.port is None else host.rpartition(":")[0]
    except ValueError:
        return None
    user = parts.netloc.rpartition("@")[0].partition(":")[0]
    # A password may hold / ? # and @ in clear: what follows the first of them is then no path.
    whole = "@" not in parts.path + parts.query + parts.fragment and parts.netloc.count("@") < 2
    known = _HOST.fullmatch(name.removesuffix(":")) and (not user or _known_user(user))
    return parts if whole and known else None


def _known_user(user: str) -> bool:
    return user == MASK or bool(_USER.fullmatch(user))


def _masked_place(parts: SplitResult) -> str:
    """Write the user, host and port."""
    login, at, host = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    if not login:
        return at + host
    # Some services take a token for the user, and this or nothing for the password.
    alone = not user or password in ("", "x-oauth-basic")
    return f"{MASK if alone else f'{user}:{MASK}'}@{host}"


def _masked_setting(setting: str) -> str:
    """Mask the value of a setting after the question mark, and a name that may be a value."""
    name, _, value = setting.partition("=")
    if name.lower() in _HARMLESS and _HARMLESS_VALUE.fullmatch(value):
        return setting
    named = _NAME.fullmatch(name) and value.strip("=")
    return f"{name}={MASK}" if named else MASK
