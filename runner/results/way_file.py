"""Choose for each way of making a network small the file that it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.device.budgets import Excess
from runner.results import choice
from runner.results.candidate import Candidate
from runner.results.dense import Dense
from runner.results.limits import Limits
from runner.results.rows import Row
from runner.results.way import Way, further_epochs, way_of
from runner.results.way_group import WayGroup
from runner.tracking import Record


@dataclass(frozen=True)
class WayFile:
    """The smallest file that a way comes to within the limits, or the closest one.

    Attributes:
        candidate: the file, with that of each seed.
        broken: the limits that it exceeds; none where it keeps them.
        epochs: how many epochs it was trained after the baseline.
    """

    way: Way
    candidate: Candidate
    broken: tuple[Excess, ...]
    epochs: int

    @property
    def keeps(self) -> bool:
        """Whether it keeps all limits."""
        return not self.broken

    @property
    def size(self) -> float:
        """Bytes on the device."""
        return self.candidate.file.size


def way_files(group: WayGroup) -> list[WayFile]:
    """Choose a file for each way that has one; none where there is nothing to judge files by."""
    decision = group.decision
    dense, limits = decision.dense, decision.limits
    if not dense or decision.warning:
        return []
    rows = [*group.rows, *_of_dense(decision.rows, dense)]
    found = choice.candidates(rows, limits.device, limits.confidence)
    ways: dict[Way, list[Candidate]] = {way: [] for way in Way}
    for candidate in found:
        if candidate.file.target in limits.targets:
            ways[_way(candidate.file.point, dense)].append(candidate)
    ways[Way.BASELINE_LONGER] = _longest(ways[Way.BASELINE_LONGER])
    chosen = {way: _chosen(each, limits) for way, each in ways.items()}
    return [_way_file(way, each, limits) for way, each in chosen.items() if each]


def _of_dense(rows: Sequence[Row], dense: Dense) -> list[Row]:
    """Make rows of the baselines, which are judged by themselves."""
    known = {row.baseline.id: row for row in rows if row.baseline}
    return [
        Row(
            run,
            run,
            known[run.id].baseline_devices,
            known[run.id].baseline_devices,
            known[run.id].baseline_correct,
            known[run.id].baseline_correct,
            known[run.id].images,
        )
        for run in dense.runs.values()
    ]


def _way(run: Record, dense: Dense) -> Way:
    return Way.DENSE if run.id in {each.id for each in dense.runs.values()} else way_of(run)


def _longest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave those that were trained on for the most epochs."""
    most = max((further_epochs(each.file.point) for each in candidates), default=0)
    return [each for each in candidates if further_epochs(each.file.point) == most]


def _chosen(candidates: Sequence[Candidate], limits: Limits) -> Candidate | None:
    return next(iter(choice.in_order(candidates, limits)), None) or choice.nearest(
        candidates, limits
    )


def _way_file(way: Way, candidate: Candidate, limits: Limits) -> WayFile:
    broken = tuple(limits.broken_by(candidate))
    epochs = 0 if way is Way.DENSE else further_epochs(candidate.file.point)
    return WayFile(way, candidate, broken, epochs)
