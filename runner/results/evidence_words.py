"""Say in words how far the images of a sweep bear out a decision."""

from collections.abc import Iterator

from runner.results.candidate import Candidate
from runner.results.decision import in_points
from runner.results.evidence import Evidence
from runner.results.file import File
from runner.results.rows import seed_of
from runner.settings.devices import Device
from runner.statistics.certainty import Certainty
from runner.statistics.repeats import ENOUGH, Repeats

_NOT_KEPT = ", as of other images, since it was not kept which ones a file gets right"
_UNKNOWN = "How sure that is was not measured: the sweep is of an earlier version."


def sentences(evidence: Evidence) -> list[str]:
    """Return a sentence for each thing that the images say, and one on each step's share."""
    validation = evidence.candidate.validation
    texts = [_on_validation(evidence, validation)] if validation else [_UNKNOWN]
    texts += _how_to_settle(evidence) if validation else []
    return [*texts, *_kept(evidence), *_on_test(evidence), f"{_sentence(str(evidence.reduction))}."]


def in_brief(evidence: Evidence) -> str:
    """Say in a few words whether it is within the limit; empty where that was not measured."""
    certainty, limit = evidence.certainty, in_points(evidence.max_drop)
    if certainty is None:
        return ""
    return f"{certainty} ({limit})" if certainty is Certainty.TOO_CLOSE else f"{certainty} {limit}"


def _on_validation(evidence: Evidence, validation: Repeats) -> str:
    count, limit = _images(evidence.candidate, 0), in_points(evidence.max_drop)
    certainty = validation.certainty(evidence.max_drop)
    verdict = {
        Certainty.WITHIN: f"within {limit}",
        Certainty.BEYOND: f"beyond {limit}",
        Certainty.TOO_CLOSE: f"too close to tell whether it is within {limit}",
    }[certainty]
    return f"On {count} validation images it drops {_drop(evidence, validation)}: {verdict}."


def _drop(evidence: Evidence, repeats: Repeats) -> str:
    """Give the drop, and its interval or the range over the seeds."""
    interval, seeds = repeats.interval, len(repeats.drops)
    ends = f"{interval.low * 100:.2f} to {interval.high * 100:.2f}"
    words = f"{repeats.mean * 100:.2f} points"
    how = "" if interval.paired else _NOT_KEPT
    named = f"{evidence.confidence * 100:g} % interval"
    if seeds == 1:
        return f"{words} ({named} of this file alone: {ends}{how})"
    words += f" on average over {seeds} seeds (spread {repeats.spread * 100:.2f}"
    if seeds >= ENOUGH:
        return f"{words}, {named} {ends}{how})"
    worst = max(evidence.candidate.files, key=lambda file: file.validation_drop)
    return f"{words}, each seed {ends}, the worst seed={seed_of(worst.point)}{how})"


def _how_to_settle(evidence: Evidence) -> Iterator[str]:
    if evidence.certainty is Certainty.WITHIN:
        return
    if evidence.certainty is Certainty.TOO_CLOSE:
        yield _needed(evidence)
    certain = evidence.certain
    if certain is None:
        yield "Of no file it is sure."
    else:
        name = f"{certain.file.target} of {certain.file.point.name}"
        yield f"The smallest of which it is sure: {name}, {_bytes(certain.file)}."


def _needed(evidence: Evidence) -> str:
    if len(evidence.candidate.files) > 1:
        return "More seeds and more validation images would settle it."
    needed = evidence.images_needed
    if needed is None:
        return "No number of images like these would settle it."
    return f"Some {needed:,} validation images like these would settle it."


def _kept(evidence: Evidence) -> Iterator[str]:
    kept = evidence.kept
    if kept is None or not kept.chosen:
        return
    share, none = kept.kept / kept.chosen, kept.resamples - kept.chosen
    without = f"; in {none:,} there was no file" if none else ""
    way = "On images like these, choosing this way kept the limit in"
    yield f"{way} {share:.0%} of {kept.resamples:,} resamplings{without}."


def _on_test(evidence: Evidence) -> Iterator[str]:
    test = evidence.candidate.test
    if test is None:
        return
    verdict = {
        Certainty.WITHIN: "within the limit there too",
        Certainty.BEYOND: "beyond the limit there",
        Certainty.TOO_CLOSE: "too close to tell there",
    }[test.certainty(evidence.max_drop)]
    ends = f"{test.interval.low * 100:.2f} to {test.interval.high * 100:.2f}"
    yield (
        f"On {_images(evidence.candidate, 1)} test images it drops {test.mean * 100:.2f} points "
        f"({ends}): {verdict}."
    )


def _images(candidate: Candidate, split: int) -> str:
    pairs, images = candidate.file.pairs, candidate.file.images
    if pairs:
        return f"{len((pairs.validation, pairs.test)[split][0]):,}"
    return f"{images[split]:,}" if images else "the"


def _bytes(file: File) -> str:
    there = "bytes zipped" if file.device is Device.PHONE else "bytes of flash"
    return f"{file.size:,.0f} {there}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
