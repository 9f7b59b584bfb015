"""Print how often the interval of an accuracy drop holds the true drop, and how wide it is.

    python -m benchmarks.coverage [DRAWS]

Each cell is a true table of images: a number of images, an accuracy of the dense network, a drop,
and a share of opposite flips, images that the file alone classifies right. In each of 20,000 draws
of its images, the 95 % interval holds the true drop or not. The rows show the cell that is held
least often. Beside Newcombe's method 10 stand the same without its correction for continuity
(method 8 of the same paper), and the adjusted Wald interval of Bonett and Price (2012).
"""

import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runner.statistics.paired import paired_ends
from runner.statistics.wilson import wilson_ends

IMAGES = (100, 144, 200, 500, 1000, 2000, 5000, 10_000)
ACCURACIES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
DROPS = (0.0, 0.005, 0.01, 0.02, 0.05)
FLIPS = (0.002, 0.005, 0.01, 0.02, 0.05)
_CONFIDENCE, _SPREADS = 0.95, 1.959964

Floats = NDArray[np.float64]
Ends = tuple[Floats, Floats]


@dataclass(frozen=True)
class Cell:
    """A true table: shares of images, and how many images are drawn."""

    images: int
    accuracy: float
    drop: float
    flips: float

    def draw(self, draws: int, random: np.random.Generator) -> tuple[Floats, Floats]:
        """Return the different tables of many draws, shape (tables, 4), and their shares."""
        lost = self.drop + self.flips
        neither = max(1 - self.accuracy - self.flips, 0.0)
        shares = (self.accuracy - lost, lost, self.flips, neither)
        drawn = random.multinomial(self.images, shares, draws)
        tables, counts = np.unique(drawn, axis=0, return_counts=True)
        return tables.astype(float), counts / draws


def cells(accuracy: float) -> Iterator[Cell]:
    """Yield every cell that a dense network of this accuracy can have."""
    for images, drop, flips in itertools.product(IMAGES, DROPS, FLIPS):
        if flips <= 1 - accuracy + 1e-9 and drop + flips <= accuracy:
            yield Cell(images, accuracy, drop, flips)


def method_10(tables: Floats) -> Ends:
    """Return the ends that the runner takes."""
    both, lost, gained, neither = tables.T
    return paired_ends(both, lost, gained, neither, _CONFIDENCE)


def method_8(tables: Floats) -> Ends:
    """Return the ends of the same construction with phi as it is (Newcombe 1998, paired data)."""
    both, lost, gained, neither = tables.T
    total = tables.sum(axis=1)
    first, second = both + lost, both + gained
    low1, high1 = wilson_ends(first, total, _CONFIDENCE)
    low2, high2 = wilson_ends(second, total, _CONFIDENCE)
    product = np.sqrt(first * (total - first) * second * (total - second))
    phi = (both * neither - lost * gained) / np.where(product > 0, product, np.inf)
    drop, p1, p2 = (lost - gained) / total, first / total, second / total
    below = (p1 - low1) ** 2 - 2 * phi * (p1 - low1) * (high2 - p2) + (high2 - p2) ** 2
    above = (high1 - p1) ** 2 - 2 * phi * (high1 - p1) * (p2 - low2) + (p2 - low2) ** 2
    return drop - np.sqrt(np.maximum(below, 0)), drop + np.sqrt(np.maximum(above, 0))


def bonett_price(tables: Floats) -> Ends:
    """Return the ends of the Wald interval with one image more lost, and one more gained."""
    images = tables.sum(axis=1) + 2
    lost, gained = (tables[:, 1] + 1) / images, (tables[:, 2] + 1) / images
    margin = _SPREADS * np.sqrt((lost + gained - (lost - gained) ** 2) / images)
    return lost - gained - margin, lost - gained + margin


METHODS: dict[str, Callable[[Floats], Ends]] = {
    "method 10": method_10,
    "method 8": method_8,
    "Bonett-Price": bonett_price,
}


def coverage(ends: Ends, shares: Floats, drop: float) -> float:
    """Return the share of draws whose interval holds the drop."""
    low, high = ends
    return float(shares[(low <= drop + 1e-12) & (drop <= high + 1e-12)].sum())


def main() -> None:
    """Print a row for each accuracy of the dense network and each number of images."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    random = np.random.default_rng(0)
    heads = [f"{name}: least | mean | points wide" for name in METHODS]
    print(f"| dense accuracy | images | cells | {' | '.join(heads)} |")
    print("|---" * (3 + 3 * len(METHODS)) + "|")
    for accuracy in ACCURACIES:
        by_images = itertools.groupby(cells(accuracy), lambda cell: cell.images)
        for images, group in by_images:
            print(f"| {accuracy:.0%} | {images:,} | {_row(list(group), draws, random)} |")


def _row(group: list[Cell], draws: int, random: np.random.Generator) -> str:
    held: dict[str, list[float]] = {name: [] for name in METHODS}
    widths: dict[str, list[float]] = {name: [] for name in METHODS}
    for cell in group:
        tables, shares = cell.draw(draws, random)
        for name, method in METHODS.items():
            low, high = method(tables)
            held[name].append(coverage((low, high), shares, cell.drop))
            widths[name].append(float(shares @ (high - low)) * 100)
    columns = (
        f"{min(held[name]):.1%} | {np.mean(held[name]):.1%} | {np.mean(widths[name]):.2f}"
        for name in METHODS
    )
    return f"{len(group)} | {' | '.join(columns)}"


if __name__ == "__main__":
    main()
