"""Say in four sentences which file a sweep ships, how small it is, what it costs and how sure."""

from collections.abc import Iterator

from runner.results.decision import Decision
from runner.results.evidence import Evidence
from runner.results.file import File
from runner.results.file_words import device_words, in_points
from runner.results.loss_words import between, is_gain, points
from runner.results.number_words import (
    bytes_words,
    images_words,
    percent_words,
    rounded,
    share_words,
)
from runner.settings.devices import Device
from runner.statistics.certainty import Certainty
from runner.statistics.repeats import Repeats


def conclusion(decision: Decision) -> list[str]:
    """Return the sentences; one that says why, where there is no file to judge."""
    evidence = Evidence.of(decision)
    if evidence is None:
        return [decision.verdict]
    return [_what(evidence), _cost(evidence), *_how_sure(evidence)]


def _what(evidence: Evidence) -> str:
    file, decision = evidence.candidate.file, evidence.decision
    size = f"{_size(file)}, {evidence.reduction}."
    if decision.file:
        return f"Ship {file.target} of {file.point.name}: {size}"
    return f"{decision.verdict.removesuffix('.')}: {size}"


def _size(file: File) -> str:
    if file.device is Device.PHONE:
        return bytes_words(file)
    ram = "" if file.ram is None else f" and {file.ram:,.0f} bytes of RAM"
    return f"{bytes_words(file)}{ram} on {device_words(file.device)}"


def _cost(evidence: Evidence) -> str:
    candidate = evidence.candidate
    gained = is_gain(candidate.drop)
    limit = f"the limit is {'a drop of ' * gained}{in_points(evidence.max_drop)}"
    seeds = len(candidate.files)
    over = f" on average over {seeds} seeds" if seeds > 1 else ""
    lies = [between(candidate.validation.interval, gained)] if candidate.validation else []
    return (
        f"It {_verb(gained)} {points(candidate.drop)} points of validation accuracy "
        f"({'; '.join([*lies, limit])}){_on_test(candidate.test, gained)}{over}."
    )


def _on_test(test: Repeats | None, gained: bool) -> str:
    if test is None:
        return ""
    gained_too = is_gain(test.mean)
    also = "" if gained_too == gained else f"{_verb(gained_too)} "
    ends = between(test.interval, gained_too)
    return f", and {also}{points(test.mean)} of test accuracy ({ends})"


def _verb(gained: bool) -> str:
    return "gains" if gained else "drops"


def _how_sure(evidence: Evidence) -> Iterator[str]:
    limit, confidence = in_points(evidence.max_drop), percent_words(evidence.confidence)
    words = {
        None: f"Whether it truly keeps {limit} was not measured",
        Certainty.WITHIN: f"It is within {limit} with {confidence} confidence",
        Certainty.BEYOND: f"It is beyond {limit} with {confidence} confidence",
        Certainty.TOO_CLOSE: f"Whether it truly keeps {limit} is too close to tell",
    }
    images = images_words(evidence.candidate, "validation")
    yield f"{words[evidence.certainty]}, on {images}{_needed(evidence)}{_kept(evidence)}."
    certain = evidence.certain
    if certain and certain is not evidence.candidate:
        name = f"{certain.file.target} of {certain.file.point.name}"
        surely = f"surely within {limit}, with {confidence} confidence"
        yield f"The smallest {surely}: {name}, {bytes_words(certain.file)}."
    elif certain is None and evidence.certainty is not None and evidence.decision.file:
        yield f"No file is surely within {limit}, with {confidence} confidence."


def _needed(evidence: Evidence) -> str:
    if evidence.certainty is not Certainty.TOO_CLOSE or not evidence.images_needed:
        return ""
    return f"; about {rounded(evidence.images_needed):,} would settle it"


def _kept(evidence: Evidence) -> str:
    kept = evidence.kept
    if kept is None or not kept.chosen:
        return ""
    return f"; resampled, the choice keeps it in {share_words(kept.kept, kept.chosen)}"
