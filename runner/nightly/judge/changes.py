"""A night and an earlier one go in; the facts in which they differ come out, one line each."""

from collections.abc import Mapping

from runner.nightly.history.records import Night

VERSIONS = "versions"
_NONE = "none"


def changes(tonight: Night, last_good: Night) -> list[str]:
    """Name what differs: each version by itself (`tensorflow 2.20.0 -> 2.21.0`), then the rest."""
    before, now = last_good.facts, tonight.facts
    versions = _differing(_versions(before), _versions(now))
    rest = _differing(before, now)
    rest.pop(VERSIONS, None)
    return [
        *(f"{name} {change}" for name, change in versions.items()),
        *(f"{name}{':' if '/' in name else ''} {change}" for name, change in rest.items()),
    ]


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"{before.get(name, _NONE)} -> {now.get(name, _NONE)}"
        for name in dict.fromkeys([*before, *now])
        if before.get(name) != now.get(name)
    }


def _versions(facts: Mapping[str, str]) -> Mapping[str, str]:
    """Read `python 3.12.1, tensorflow 2.21.0`."""
    each = (part.strip().rpartition(" ") for part in facts.get(VERSIONS, "").split(","))
    return {name: version for name, _, version in each if name}
