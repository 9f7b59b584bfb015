"""Describe a file that no other one beats, as a line of the table that a sweep ends with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from runner.results.candidate import Candidate, name_of
from runner.results.dense import Dense
from runner.results.pareto import pareto
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.statistics.certainty import Certainty
from runner.statistics.wilson import wilson_ends

DENSE = "dense baseline"
_WORDS = {
    Certainty.WITHIN: "within",
    Certainty.BEYOND: "beyond",
    Certainty.TOO_CLOSE: "too close",
}
# With fewer images, a second digit says nothing.
_MANY = 1000


@dataclass(frozen=True)
class FrontLine:
    """Texts about one file.

    Attributes:
        mark: a star at the file to ship.
        validation: its validation accuracy, with the interval where that is known.
        sizes: its bytes, and how many times smaller that is; off the phone, of flash and of RAM.
        word: whether its drop of validation accuracy is within the limit.
    """

    mark: str
    target: str
    point: str
    validation: str
    test: str
    sizes: tuple[str, str]
    word: str

    @classmethod
    def of(cls, candidate: Candidate, max_drop: float, ships: bool) -> Self:
        """Describe a candidate, by the means of its seeds and the file that would be shipped."""
        file = candidate.file
        certainty = candidate.certainty(max_drop)
        more = f"{file.zip_ratio:.1f}x"
        if file.device is not Device.PHONE:
            more = "" if file.ram is None else f"{file.ram:,.0f}"
        return cls(
            "*" * ships,
            str(file.target),
            name_of([each.point for each in candidate.files]),
            f"{candidate.validation_accuracy:.2%}{_ends(candidate)}",
            f"{candidate.accuracy:.2%}",
            (f"{file.size:,.0f}", more),
            _WORDS[certainty] if certainty else "-",
        )

    @classmethod
    def of_dense(cls, dense: Dense, device: Device) -> Self:
        """Describe the dense model's h5 file, which all others are compared with."""
        run, h5 = dense.middle, Target.H5
        zipped = run.metrics.get(f"zip_bytes/{h5}")
        sizes = ("" if zipped is None else f"{zipped:,.0f}", "1.0x")
        return cls(
            "",
            str(h5),
            DENSE,
            f"{dense.accuracy:.2%}",
            f"{run.metrics[f'accuracy/{h5}']:.2%}" if f"accuracy/{h5}" in run.metrics else "",
            sizes if device is Device.PHONE else ("", ""),
            "",
        )


def front_lines(
    candidates: Sequence[Candidate],
    chosen: Candidate | None,
    max_drop: float,
    whole: bool,
) -> list[FrontLine]:
    """Describe the files that no other one beats in bytes and validation accuracy, and the pick.

    The pick may be none of them, where it is to be within the limit with confidence.

    Args:
        whole: whether files that others beat are described, too.
    """
    shown = pareto(candidates)
    for candidate in filter(None, (chosen, *(candidates if whole else ()))):
        if not any(candidate is other for other in shown):
            shown.append(candidate)
    shown.sort(key=lambda candidate: candidate.file.size)
    return [FrontLine.of(candidate, max_drop, candidate is chosen) for candidate in shown]


def _ends(candidate: Candidate) -> str:
    """Bound the validation accuracy; of several seeds, from the least to the largest."""
    accuracies = [file.validation_accuracy for file in candidate.files]
    images = candidate.file.images
    if len(accuracies) > 1:
        low, high, digits = min(accuracies), max(accuracies), 2
    elif images is None:
        return ""
    else:
        right = round(accuracies[0] * images[0])
        low, high = map(float, wilson_ends(right, images[0], candidate.confidence))
        digits = 2 if images[0] >= _MANY else 1
    return f" ({low * 100:.{digits}f} to {high * 100:.{digits}f})"
