"""Name the facts in which a night differs from an earlier one, a line each."""

from collections.abc import Mapping

from runner.nightly.history.records import Night

VERSIONS = "versions"
_ABSENT = "none"


def changes(tonight: Night, last_good: Night) -> list[str]:
    """Name what differs: each version by itself (`tensorflow 2.20.0 -> 2.21.0`), then the rest."""
    before, now = last_good.facts, tonight.facts
    versions = _differences(_versions(before), _versions(now))
    others = _differences(before, now)
    others.pop(VERSIONS, None)
    return [
        *(f"{name} {change}" for name, change in versions.items()),
        *(f"{name}{':' if '/' in name else ''} {change}" for name, change in others.items()),
    ]


def _differences(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"{before.get(name, _ABSENT)} -> {now.get(name, _ABSENT)}"
        for name in dict.fromkeys([*before, *now])
        if before.get(name) != now.get(name)
    }


def _versions(facts: Mapping[str, str]) -> Mapping[str, str]:
    """Read `python 3.12.1, tensorflow 2.21.0`."""
    packages = (part.strip().rpartition(" ") for part in facts.get(VERSIONS, "").split(","))
    return {name: version for name, _, version in packages if name}
