"""Files go in; those that no other file beats in both bytes and accuracy come out."""

from collections.abc import Sequence

from runner.results.choice import File


def pareto(files: Sequence[File]) -> list[File]:
    """Return the Pareto front of zipped bytes and validation accuracy, smallest file first."""
    front: list[File] = []
    for file in sorted(files, key=lambda each: (each.zip_bytes, -each.validation_accuracy)):
        if not front or file.validation_accuracy > front[-1].validation_accuracy:
            front.append(file)
    return front
