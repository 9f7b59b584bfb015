"""Find the files that no other file beats in both bytes and accuracy."""

from collections.abc import Sequence

from runner.results.choice import File


def pareto(files: Sequence[File]) -> list[File]:
    """Return the Pareto front of zipped bytes and validation accuracy, smallest file first."""
    front: list[File] = []
    for file in sorted(files, key=lambda file: (file.zip_bytes, -file.validation_accuracy)):
        if not front or file.validation_accuracy > front[-1].validation_accuracy:
            front.append(file)
    return front
