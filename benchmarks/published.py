"""Nothing goes in; figures that others published for the same networks and data come out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured, what others published, and where ours is: a run and its metric."""

    what: str
    published: str
    # `baseline`, or the point that was pruned alike: 0.8, and nothing after it.
    run: str
    metric: str


@dataclass(frozen=True)
class Published:
    """What others came to, in their own words, and where they say so."""

    source: str
    data: str
    architecture: str
    figures: tuple[Figure, ...]


PUBLISHED = (
    Published(
        "TensorFlow Model Optimization, tutorial “Pruning in Keras example” (baseline: 4 epochs)",
        "mnist",
        "mnist_cnn",
        (
            Figure("baseline, test accuracy", "97.68 %", "baseline", "accuracy/h5"),
            Figure("baseline h5, zipped", "78 kB", "baseline", "zip_bytes/h5"),
            Figure("pruned to 0.8, test accuracy", "97.3 %", "pruned", "accuracy/h5"),
            Figure("pruned h5, zipped", "25.7 kB", "pruned", "zip_bytes/h5"),
            Figure("tflite_dynamic, zipped", "8.2 kB", "pruned", "zip_bytes/tflite_dynamic"),
        ),
    ),
    Published(
        "the article whose Fashion-MNIST network is shipped as fashion_cnn",
        "fashion_mnist",
        "fashion_cnn",
        (
            Figure("baseline, test accuracy", "86.97 %", "baseline", "accuracy/h5"),
            Figure("pruned to 0.8, test accuracy", "82.90 %", "pruned", "accuracy/h5"),
        ),
    ),
)
