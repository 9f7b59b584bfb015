"""Describe one thing that got worse, with a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What got worse."""

    ACCURACY = "accuracy"
    SIZE = "size"
    ZIPPED_SIZE = "zipped size"
    PICK = "pick"
    MISSING = "missing"
    FAILED = "failed"
    TIME = "time"


@dataclass(frozen=True)
class Finding:
    """One thing that got worse; no point or no target where it holds for all of them.

    `usual` and `tonight` are shares, bytes or seconds, averaged where several files are meant;
    None where there is no figure to give.
    """

    kind: Kind
    sweep: str
    point: str | None
    target: str | None
    usual: float | None
    tonight: float | None
    text: str


def scope_text(sweep: str, point: str | None, target: str | None) -> str:
    """Say which part of a sweep a finding is about."""
    if point and target:
        return f"{sweep}, {target} of {point}"
    if point:
        return f"{sweep}, {point}"
    return f"{sweep}, {target} of all points" if target else f"{sweep}, all points"
