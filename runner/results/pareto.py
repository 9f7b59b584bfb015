"""Find the files that no other file beats in both bytes and accuracy."""

from collections.abc import Sequence

from runner.results.choice import File


def pareto(files: Sequence[File]) -> list[File]:
    """Return the Pareto front of bytes on the device and validation accuracy, smallest file first.

    Files that the device does not run are not on it.
    """
    front: list[File] = []
    there = [file for file in files if file.runs]
    for file in sorted(there, key=lambda file: (file.size, -file.validation_accuracy)):
        if not front or file.validation_accuracy > front[-1].validation_accuracy:
            front.append(file)
    return front
