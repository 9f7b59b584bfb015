"""Draw a report, before anything of it is stored."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plotly.graph_objects import Figure

from runner.device.request import Request
from runner.report.charts import draw_charts
from runner.report.contents import Contents, gather
from runner.report.folder import PAGE
from runner.report.markdown import whole
from runner.report.page import page
from runner.report.points_csv import points_csv
from runner.results.rows import Results
from runner.tracking import Store


@dataclass(frozen=True)
class Drawing:
    """What a report shows, with its charts by name."""

    contents: Contents
    charts: Mapping[str, Figure]

    @classmethod
    def of(
        cls, store: Store, sweeps: Sequence[Results], request: Request | None = None
    ) -> "Drawing":
        """Read what the report shows, and draw its charts.

        Args:
            request: devices to choose for instead of each sweep's own.

        Raises:
            StoreFailed: the store does not answer.
        """
        contents = gather(store, sweeps, request)
        return cls(contents, draw_charts(contents))

    @functools.cached_property
    def texts(self) -> Mapping[str, str]:
        """The report's files by their names: the decision first, the page, which is large, last."""
        return {
            "report.md": whole(self.contents),
            "points.csv": points_csv(self.contents),
            PAGE: page(self.contents, self.charts),
        }
