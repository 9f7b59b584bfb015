"""Write a drop of accuracy: its ends in points, and what they are."""

from runner.statistics.repeats import ENOUGH, Repeats

NOT_MEASURED = "not measured"


def interval(repeats: Repeats | None) -> str:
    """Return the ends of an interval in points, and what else than an interval they are."""
    if repeats is None:
        return ""
    few = 1 < len(repeats.drops) < ENOUGH
    notes = ["range"] * few + ["unpaired"] * (not repeats.interval.paired)
    ends = f"{repeats.interval.low * 100:.2f} to {repeats.interval.high * 100:.2f}"
    return f"{ends} ({', '.join(notes)})" if notes else ends
