"""Say in words how far the images of a sweep bear out a decision."""

from collections.abc import Iterator

from runner.results.evidence import Evidence
from runner.results.file_words import figures, in_points
from runner.results.number_words import (
    bytes_words,
    images_words,
    number_of_images,
    percent_words,
    rounded,
    share_words,
)
from runner.results.rows import seed_of
from runner.statistics.certainty import ROUNDING, Certainty
from runner.statistics.repeats import ENOUGH, Repeats

_NOT_KEPT = "unpaired, since the sweep did not keep which images each file gets right"
_OTHER_IMAGES = "unpaired, since the seeds do not have the same images"
_UNKNOWN = "How sure that is was not measured: nobody knows which images its files get right."
_OTHER_LIMITS = ("max_drop", "confidence", "targets")


def sentences(evidence: Evidence) -> list[str]:
    """Return a sentence for each thing that the images say, and one on each step's share."""
    validation = evidence.candidate.validation
    texts = [_on_validation(evidence, validation)] if validation else [_UNKNOWN]
    texts += _how_to_settle(evidence, validation) if validation else []
    texts += _lacking(evidence)
    return [*texts, *_kept(evidence), *_on_test(evidence), f"{_sentence(str(evidence.reduction))}."]


def in_brief(evidence: Evidence) -> str:
    """Say in a few words whether it is within the limit; empty where that was not measured."""
    certainty, limit = evidence.certainty, in_points(evidence.max_drop)
    if certainty is None:
        return ""
    if certainty is Certainty.TOO_CLOSE:
        return f"whether its drop is within {limit} is {certainty}"
    return f"its drop is {certainty} {limit} with {percent_words(evidence.confidence)} confidence"


def described(evidence: Evidence) -> str:
    """Return the figures of the file, and in a few words whether it is within the limit."""
    return "; ".join(filter(None, (figures(evidence.candidate.file), in_brief(evidence))))


def _on_validation(evidence: Evidence, validation: Repeats) -> str:
    limit = in_points(evidence.max_drop)
    certainty = validation.certainty(evidence.max_drop)
    verdict = {
        Certainty.WITHIN: f"within {limit}",
        Certainty.BEYOND: f"beyond {limit}",
        Certainty.TOO_CLOSE: f"too close to tell whether it is within {limit}",
    }[certainty]
    if 1 < len(validation.drops) < ENOUGH:
        verdict += f", by each seed's own {percent_words(evidence.confidence)} interval"
    images = images_words(evidence.candidate, "validation")
    return f"On {images} it drops {_drop(evidence, validation)}: {verdict}."


def _drop(evidence: Evidence, repeats: Repeats) -> str:
    """Give the drop, and its interval or the range over the seeds."""
    seeds = len(repeats.drops)
    details = [f"{percent_words(evidence.confidence)} interval {_ends(repeats)}"]
    if 1 < seeds < ENOUGH:
        worst = max(evidence.candidate.files, key=lambda file: file.validation_drop)
        details = [f"from {_ends(repeats)}, the worst seed={seed_of(worst.point)}"]
    details.append("not adjusted for choosing among files")
    if not repeats.interval.paired:
        of_others = all(file.pairs for file in evidence.candidate.files)
        details.append(_OTHER_IMAGES if of_others else _NOT_KEPT)
    spread = [f"spread {repeats.spread * 100:.2f}"] if seeds > 1 else []
    return f"{_average(repeats)} ({', '.join([*spread, *details])})"


def _average(repeats: Repeats) -> str:
    seeds = len(repeats.drops)
    over = f" on average over {seeds} seeds" if seeds > 1 else ""
    return f"{repeats.mean * 100:.2f} points{over}"


def _ends(repeats: Repeats) -> str:
    return f"{repeats.interval.low * 100:.2f} to {repeats.interval.high * 100:.2f}"


def _drop_ends(repeats: Repeats) -> str:
    """Give the ends of the drop on images of which all else was said before."""
    few = 1 < len(repeats.drops) < ENOUGH
    unpaired = "" if repeats.interval.paired else ", unpaired"
    return f"{'seeds from ' if few else ''}{_ends(repeats)}{unpaired}"


def _how_to_settle(evidence: Evidence, validation: Repeats) -> Iterator[str]:
    if evidence.certainty is Certainty.WITHIN:
        return
    if evidence.certainty is Certainty.TOO_CLOSE:
        yield _needed(evidence, validation)
    certain, surely = evidence.certain, f"within {in_points(evidence.max_drop)} with "
    surely += f"{percent_words(evidence.confidence)} confidence"
    if evidence.decision.limits.values.keys() - _OTHER_LIMITS:
        surely += " and keeps the other limits"
    if certain is None:
        yield f"Of the files to choose from, none is {surely}."
    else:
        name = f"{certain.file.target} of {certain.file.point.name}"
        yield f"The smallest that is {surely}: {name}, {bytes_words(certain.file)}."


def _needed(evidence: Evidence, validation: Repeats) -> str:
    if len(evidence.candidate.files) > 1:
        return "More seeds and more validation images may settle it."
    margin = (validation.interval.high - validation.interval.low) / 2
    verb = "tells" if number_of_images(evidence.candidate, "") == 1 else "tell"
    known = f"{images_words(evidence.candidate)} {verb} a drop like this to ±{margin * 100:.1f}"
    if not validation.interval.paired:
        return f"{known} points."
    needed = evidence.images_needed
    if needed is None:
        return f"{known} points, and no number of images like these would settle it."
    return f"{known} points; about {rounded(needed):,} like these would settle it."


def _lacking(evidence: Evidence) -> Iterator[str]:
    lacking = evidence.lacking_seeds
    if lacking:
        some = ", ".join(f"seed={seed}" for seed in lacking)
        yield f"This setting has no such file of {some}: it is judged by its other seeds alone."


def _kept(evidence: Evidence) -> Iterator[str]:
    kept = evidence.kept
    if kept is None or not kept.chosen:
        return
    share, whole = share_words(kept.kept, kept.chosen), f"{kept.chosen:,} resamplings"
    yield f"On images like these, this choice kept the limit in {share} of {whole}."


def _on_test(evidence: Evidence) -> Iterator[str]:
    test = evidence.candidate.test
    if test is None:
        return
    certainty = test.certainty(evidence.max_drop)
    verdict = {
        Certainty.WITHIN: "within the limit",
        Certainty.BEYOND: "beyond the limit",
        Certainty.TOO_CLOSE: "too close to tell",
    }[certainty]
    if certainty is Certainty.TOO_CLOSE and test.mean > evidence.max_drop + ROUNDING:
        verdict = f"more than the limit, yet {verdict}"
    elif certainty is evidence.certainty:
        verdict = f"{verdict} there too"
    yield (
        f"On {images_words(evidence.candidate, 'test')} it drops {_average(test)} "
        f"({_drop_ends(test)}): {verdict}."
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
