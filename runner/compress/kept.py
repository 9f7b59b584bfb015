"""What a stage came to goes in; it passes, or an exception names what the stage has broken."""

from collections.abc import Sequence

from runner.sparsity import LayerSparsity


class StageBroke(Exception):
    """A stage has undone what the stages before it did."""


def require_kept(
    stage: str,
    before: Sequence[LayerSparsity],
    after: Sequence[LayerSparsity],
    clusters: int | None,
) -> None:
    """Accept only layers with all their zeros and, where clusters is a number, few enough values.

    Raises:
        StageBroke: a layer has fewer zeros than before, or more different values than clusters.
    """
    for old, new in zip(before, after, strict=True):
        if new.zeros < old.zeros:
            raise StageBroke(
                f"{stage}: layer {new.layer} has {new.zeros} zeros left of {old.zeros}, "
                f"among {new.parameters} weights"
            )
        if clusters is not None and new.distinct > clusters:
            raise StageBroke(
                f"{stage}: layer {new.layer} has {new.distinct} different values, "
                f"asked for at most {clusters}"
            )
