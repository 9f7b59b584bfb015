"""Make the report of a sweep, and log it to the sweep's run."""

from runner.report.drawing import Drawing
from runner.report.publish import publish_drawing
from runner.results.rows import Results
from runner.tracking import Store


def publish(store: Store, results: Results) -> str:
    """Return the path of the page."""
    return publish_drawing(store, results, Drawing.of(store, [results]))
