"""Read an address that holds interpolations as one that holds none, to see what else is in it."""

import re

from runner.settings.address_mask import MASK

# No address holds it.
_MARK = "\ufffc"
_INNERMOST = re.compile(r"\$\{(?P<name>[^{},]*)(?:,(?P<default>[^{}]*))?\}")
_SCHEME = re.compile(rf"(?<![\w+.-]){_MARK}(?=://)")
_PARTS = re.compile(
    r"(?P<scheme>(?:[^/@]*://)?)(?:(?P<login>.*)@)?(?P<place>[^?#]*)(?P<rest>.*)", re.DOTALL
)


def without_interpolations(text: str) -> str:
    """Put a mark for each `${...}`, or what it names for the case that there is no such value."""
    before = ""
    while text != before:
        before, text = text, _INNERMOST.sub(_default, text)
    return _SCHEME.sub("http", text)


def settled(address: str) -> str:
    """Put something that is no secret for each mark: three stars where a secret stands, or 0."""
    if _MARK not in address:
        return address
    parts = _PARTS.fullmatch(re.sub(f"{_MARK}+", _MARK, address))
    if parts is None:
        return MASK
    login, rest = parts["login"], parts["rest"].replace(_MARK, MASK)
    if login is not None:
        user, colon, password = login.partition(":")
        user = user.replace(_MARK, "0" if password else MASK)
        login = f"{user}{colon}{password.replace(_MARK, MASK)}@"
    return f"{parts['scheme']}{login or ''}{parts['place']}{rest}".replace(_MARK, "0")


def is_elsewhere(text: str) -> bool:
    """Tell whether nothing stands in a text but interpolations, which look up what they mean."""
    return not without_interpolations(text).strip(_MARK)


def _default(match: re.Match[str]) -> str:
    default = (match["default"] or "").strip(" '\"\\")
    return _MARK if default in ("", "null") else default
