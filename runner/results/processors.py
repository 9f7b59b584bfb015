"""Say where the points of a sweep were made on processors of several models."""

from collections import Counter

from runner.results.rows import Results
from runner.tracking.tags import PROCESSOR


def several_processors(results: Results) -> str:
    """Return one sentence; empty where all points, as far as is known, were made on one model.

    Processors round sums in different orders, so the same settings may give other last digits.
    """
    made_on = Counter(row.point.tags.get(PROCESSOR, "") for row in results.rows)
    del made_on[""]
    if len(made_on) < 2:
        return ""
    counts = ", ".join(f"{number} on {model}" for model, number in made_on.most_common())
    return (
        f"Its points were made on processors of several models ({counts}), which may round "
        "differently: small differences between points may come from that."
    )
