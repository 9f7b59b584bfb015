"""Leave out the targets that a point has no files of."""

from collections.abc import Iterable, Mapping

from runner.export.tflm.encoded_file import PACKAGE, can_encode
from runner.settings.targets import Target


def makeable(targets: Iterable[Target], compress: str) -> list[Target]:
    """Return those of the targets that can be made.

    Args:
        compress: the compression of a point; `none` for a baseline.
    """
    wanted = list(targets)
    without = left_out(wanted, compress)
    return [target for target in wanted if target not in without]


def left_out(targets: Iterable[Target], compress: str) -> Mapping[Target, str]:
    """Return why each of the other targets cannot be made."""
    installed = can_encode()
    reasons: dict[Target, str] = {}
    for target in targets:
        if target.encoding and not installed:
            reasons[target] = f"needs the package {PACKAGE}, which is not installed"
        elif not target.goes_with(compress):
            reasons[target] = "needs clustered weights: compress=cluster or compress=cluster_qat"
    return reasons
