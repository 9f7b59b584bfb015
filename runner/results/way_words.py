"""Say which way makes a network the smallest, and by how much."""

from collections.abc import Sequence

from runner.results.drop_words import interval
from runner.results.evidence import Evidence
from runner.results.evidence_words import in_brief
from runner.results.way import Way
from runner.results.way_file import WayFile
from runner.results.way_group import WayGroup
from runner.settings.devices import Device
from runner.statistics.certainty import Certainty

_NO_LONGER = (
    "no point only trains the dense network on: part of what a way gains may come of its further "
    "epochs."
)
_OWN_BASELINE = "Drops count from this network's own dense baseline."


def verdict(files: Sequence[WayFile], group: WayGroup) -> list[str]:
    """Say which way is the smallest, how it compares with weights, and what training alone does."""
    if not files:
        return []
    decision = group.decision
    there = "bytes zipped" if decision.device is Device.PHONE else "bytes of flash"
    kept = [each for each in files if each.keeps]
    # Of equal sizes, the way that needs less.
    smallest = min(kept, key=_size, default=None)
    first = "No way keeps the limits."
    if smallest:
        word = in_brief(Evidence(decision, smallest.candidate))
        figures = "; ".join(filter(None, (f"{smallest.size:,.0f} {there}", word)))
        first = f'The smallest within the limits is by "{smallest.way}": {figures}.'
    trained_on = _capital(f"with {group.following}, " * bool(group.following) + _trained_on(files))
    own = [] if group.is_only_network else [_OWN_BASELINE]
    return [first, *_beside_weights(files, there), trained_on, *own]


def _beside_weights(files: Sequence[WayFile], there: str) -> list[str]:
    """Compare the smallest way that removes channels with weights alone."""
    narrow = [each for each in files if each.way.removes_channels and each.keeps]
    weights = next((each for each in files if each.way is Way.WEIGHTS), None)
    if weights is None:
        return ["No point prunes weights alone: there is nothing to compare channels with."]
    if not narrow:
        return ["No file with channels removed keeps the limits."]
    best = min(narrow, key=_size)
    if not weights.keeps:
        return [f'Weights alone do not keep the limits, and "{best.way}" does.']
    both = f"{best.size:,.0f} and {weights.size:,.0f} {there}"
    if best.size >= weights.size:
        said = f'Removing channels is no smaller than weights alone: by "{best.way}", {both}'
    else:
        factor = _smaller(weights.size, best.size)
        said = f'By "{best.way}" a file is {factor} than by weights alone: {both}'
    return [f"{said}{_unzipped(best, weights)}."]


def _unzipped(best: WayFile, weights: WayFile) -> str:
    """Compare the files as they lie in memory, where that is not what was compared."""
    file, other = best.candidate.file, weights.candidate.file
    if file.device is not Device.PHONE:
        return ""
    return f"; unzipped {_smaller(other.size_bytes, file.size_bytes)}"


def _smaller(other: float, size: float) -> str:
    return f"{other / size:.2f} times smaller" if size < other else "no smaller"


def _trained_on(files: Sequence[WayFile]) -> str:
    """Say what further epochs do without any way."""
    longer = next((each for each in files if each.way is Way.BASELINE_LONGER), None)
    if longer is None:
        return _NO_LONGER
    drop, judged = longer.candidate.drop * 100, longer.candidate.validation
    most = max(each.epochs for each in files)
    others = f" (another way for up to {most})" if most > longer.epochs else ""
    ends = f" ({interval(judged)})" if judged else ""
    clear = judged is not None and judged.certainty(0.0) is not Certainty.TOO_CLOSE
    seen = f"seen from it, each way drops {abs(drop):.2f} points {'less' if drop > 0 else 'more'}"
    return (
        f"the dense network that is trained on for {longer.epochs} "
        f"epoch{'' if longer.epochs == 1 else 's'}{others} drops {drop:.2f} points{ends}: "
        f"{seen if clear else 'too close to tell from the baseline'}."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _size(each: WayFile) -> float:
    return each.size
