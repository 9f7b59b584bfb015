"""Write Keras' own summary of a model as text."""

from collections.abc import Mapping

from runner.backend import keras

# Characters: the names of wrapped layers are long, and Keras would break them.
_WIDTH = 120


def summary(model: keras.Model) -> str:
    """Return Keras' table of the model's layers, those of nested models too."""
    lines: list[str] = []
    model.summary(line_length=_WIDTH, print_fn=lines.append, expand_nested=True)
    return "\n".join(line.rstrip() for line in lines)


def under_headings(summaries: Mapping[str, str]) -> str:
    """Return summaries as one text, each under its heading."""
    parts = [f"{heading}\n\n{text}\n" for heading, text in summaries.items()]
    return "\n\n".join(parts)
