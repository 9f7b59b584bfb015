"""Take what is secret out of the addresses that a command line or a file of settings holds.

The whole address goes into the environment, which only the user's own processes see: a command line
is shown to everyone on the machine, and Hydra writes it into the folders of its runs.
"""

import os
import re
from collections.abc import Iterable, Sequence

from runner.errors import Refused
from runner.settings.address_mask import holds_secret, masked
from runner.settings.interpolation import settled, without_interpolations
from runner.settings.overrides import quote_override
from runner.settings.secret_text import VARIABLE, remember

# A setting, an option or a variable whose whole value is an address.
_SETTING = re.compile(
    rf"(?P<key>(?:\+{{0,2}}(?:[\w.]+\.)?(?:tracking\.uri|{VARIABLE})|--tracking-uri)\s*=\s*)"
    r"(?P<value>.*)",
    re.DOTALL,
)
_OF_HYDRA = re.compile(r"[+~]{0,2}hydra[./]|--")
_SEVERAL = re.compile(r",(?=\s*['\"]?[A-Za-z][\w+.-]{0,30}://)")
_WITHIN = re.compile(
    r"'(?P<single>(?:\\.|[^'\\])*://(?:\\.|[^'\\])*)'"
    r'|"(?P<double>(?:\\.|[^"\\])*://(?:\\.|[^"\\])*)"'
    r"|(?P<bare>[A-Za-z][\w+.-]{0,30}://(?:[^'\"\n]*@)?[^\s,\])}'\"]*)",
    re.DOTALL,
)


def hide(arguments: Sequence[str]) -> list[str]:
    """Mask the addresses in arguments, and put the whole one of the store into the environment.

    Raises:
        Refused: there are two of them, of which a sweep could have one only, or a secret stands
            beside an interpolation.
    """
    shown, variables = taken_out(arguments)
    os.environ.update(variables)
    return shown


def taken_out(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Mask the addresses in arguments; returns these, and the variable that they then need.

    Raises:
        Refused: there are two of them, of which a sweep could have one only, or a secret stands
            beside an interpolation.
    """
    shown: list[str] = []
    stores: set[str] = set()
    for argument in arguments:
        ours = "tracking" in argument or VARIABLE in argument
        if ours:
            require_no_secret_beside(argument)
        text, addresses = masked_argument(argument)
        for address in addresses:
            remember(address)
        stores |= set(addresses) if ours else set()
        # Hydra may need another address whole: a proxy among the variables of its jobs, say.
        shown.append(argument if _OF_HYDRA.match(argument) and not ours else text)
    return shown, _variable(stores)


def put_into_environment(addresses: Iterable[str]) -> None:
    """Let this process and those that it starts find the store at this address.

    Raises:
        Refused: there are several.
    """
    os.environ.update(_variable(set(addresses)))


def _variable(stores: set[str]) -> dict[str, str]:
    several = sorted(stores)
    if len(several) > 1:
        raise Refused(f"tracking.uri={masked(several[0])}: takes one value for a whole sweep")
    for address in several:
        remember(address)
    return dict.fromkeys([VARIABLE] * len(several), "".join(several))


def masked_argument(argument: str) -> tuple[str, list[str]]:
    """Return an argument with every address in it masked, and those that hold a secret.

    An address with interpolations and a secret beside them is masked, and is none of these.
    """
    text, secret = _masked(argument)
    return _beside(text) or text, secret


def require_no_secret_beside(argument: str) -> None:
    """Check that no address holds a secret beside an interpolation, which no variable may hold.

    Raises:
        Refused: one does.
    """
    shown = _beside(_masked(argument)[0])
    if shown:
        found = "holds a secret beside an interpolation"
        raise Refused(f"{shown}: {found}; put the whole address into {VARIABLE}")


def _beside(text: str) -> str:
    """Return the text masked where a secret stands beside an interpolation; empty if none does."""
    shown, secret = _masked(without_interpolations(text)) if "${" in text else ("", [])
    return settled(shown) if secret else ""


def _masked(argument: str) -> tuple[str, list[str]]:
    typed = _SETTING.fullmatch(argument)
    if typed and "${" not in argument:
        parts = [settled(_unquoted(part)) for part in _SEVERAL.split(typed["value"])]
        secret = [part for part in parts if holds_secret(part)]
        shown = ",".join(map(masked, parts))
        if len(parts) == 1 and not typed["key"].startswith(("--", VARIABLE)):
            shown = quote_override(shown)
        return (typed["key"] + shown, secret) if secret else (argument, [])
    if re.match(r"[A-Za-z][\w+.-]{0,30}://", argument):
        return masked(argument), [argument] * holds_secret(argument)
    secret = []
    return _WITHIN.sub(lambda match: _masked_within(match, secret), argument), secret


def _masked_within(match: re.Match[str], secret: list[str]) -> str:
    """Mask one address of a text, and add it to those that hold a secret."""
    mark = "'" if match["single"] is not None else '"' if match["double"] is not None else ""
    address = settled(_unquoted(match[0]))
    if not holds_secret(address) or "${" in address:
        return match[0]
    # What stands in quotes may be more than an address: the address then begins somewhere in it.
    begin = re.search(r"[A-Za-z][\w+.-]{0,30}://", address)
    before = address[: begin.start()] if begin else ""
    address = address.removeprefix(before)
    if not holds_secret(address):
        return match[0]
    secret.append(address)
    return f"{mark}{before}{masked(address)}{mark}"


def _unquoted(value: str) -> str:
    """Return what Hydra reads a value as."""
    text = value.strip()
    if len(text) > 1 and text[0] in "'\"" and text[-1] == text[0]:
        return re.sub(r"\\(['\"\\])", r"\1", text[1:-1])
    return text
