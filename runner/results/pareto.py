"""Find the candidates that no other one beats in both bytes and accuracy."""

from collections.abc import Sequence

from runner.results.candidate import Candidate


def pareto(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the Pareto front of bytes on the device and validation accuracy, smallest file first.

    Of several seeds, the mean accuracy counts, and the bytes of the file that would be shipped.
    What the device does not run is not on it.
    """
    front: list[Candidate] = []
    there = [each for each in candidates if each.file.runs]
    for each in sorted(there, key=lambda each: (each.file.size, -each.validation_accuracy)):
        if not front or each.validation_accuracy > front[-1].validation_accuracy:
            front.append(each)
    return front
