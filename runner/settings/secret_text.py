"""Keep what is secret in the addresses of stores out of any text."""

import json
import os
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote

from runner.settings.address_mask import MASK, holds_secret, masked, parsed

VARIABLE = "MLFLOW_TRACKING_URI"
# What ends a sentence, or names what comes, is no part of it.
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]{0,30}://(?:[^\s'\"]*@)?[^\s'\"<>`,)\]}]*(?<![:;.])")
# What is shorter, or only letters, may be part of a word that says something else.
_LONG = 8
# What is shorter still is hidden in an address only: it would be in every text.
_SHORT = 3
# Addresses that this process was given.
_given: set[str] = set()


def remember(address: str) -> None:
    """Keep the secret of this address out of every text from now on."""
    if holds_secret(address):
        _given.add(address)


def without_secrets(text: str) -> str:
    """Return the text with every address in it masked, and each part of those known masked too.

    Known are that of MLFLOW_TRACKING_URI and those that this process was given: a library writes
    parts of an address into its messages.
    """
    for address in sorted({*_given, os.environ.get(VARIABLE, "")}, key=len, reverse=True):
        if holds_secret(address):
            text = _without(text, address)
    return _ADDRESS.sub(lambda match: masked(match[0]), text)


def _without(text: str, address: str) -> str:
    shown = masked(address)
    for written in _written(address):
        text = text.replace(written, shown)
    for part in sorted(set(_secret_parts(address)) - {shown}, key=len, reverse=True):
        for written in _written(part) if len(part) >= _SHORT else ():
            text = _replaced(text, written)
    return text


def _replaced(text: str, part: str) -> str:
    if len(part) >= _LONG and not part.isalpha():
        return text.replace(part, MASK)
    # Not in an address that is masked already, where the name of a user may be the same.
    return re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", MASK, text)


def _written(part: str) -> set[str]:
    """Write a part in each of the ways in which libraries print it."""
    ways = {part, unquote(part)}
    # A variable of the environment may hold bytes that are no UTF-8.
    for quoted in (quote, quote_plus):
        ways |= {quoted(part, safe, errors="surrogateescape") for safe in ("", "/")}
    return {way for each in ways for way in (each, repr(each)[1:-1], json.dumps(each)[1:-1])}


def _secret_parts(address: str) -> Iterator[str]:
    """Yield the parts of an address that its mask hides; of one that has no parts, all words."""
    parts = parsed(address)
    if parts is None:
        rest = address.partition("://")[2] or address
        login = rest.rpartition("@")[0]
        words = re.split(r"[/@:?#&=;,\s]+", rest)
        yield from filter(None, (rest, login, login.partition(":")[2], *words))
        return
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    yield from filter(None, (user if password in ("", "x-oauth-basic") else password,))
    shown = masked(address)
    settings = (setting.partition("=") for setting in parts.query.split("&"))
    values = [value or name for name, _, value in settings]
    yield from (value for value in (*values, parts.fragment) if value and value not in shown)
