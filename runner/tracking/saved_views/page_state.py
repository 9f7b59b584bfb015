"""Write the state of MLflow's page of runs, in the private format of its own front end.

Found out of the front end that MLflow 3.17.2 ships, and of its sources in
mlflow/server/js/src/experiment-tracking/components: experiment-page/models/ExperimentPageUIState,
experiment-page/hooks/useSharedExperimentViewState, runs-charts/runs-charts.types. What is left out
has the page's own default.
"""

from typing import Any

from runner.tracking.saved_views.view import Charts, Column, View

_SECTION = "runner"
# Pixels of a letter of a column's title, of what stands beside it, and of a column: those of points
# have room beside each other where the window has 1,600.
_LETTER, _BESIDE, _NARROWEST, _WIDEST = 7, 26, 90, 134


def page_state(view: View) -> dict[str, Any]:
    """Return the state by its names in the front end."""
    ids = [column.id for column in view.columns]
    return {
        "searchFilter": view.filter,
        **({"orderByKey": view.order.id, "orderByAsc": True} if view.order else {}),
        "selectedColumns": ids,
        "columnOrder": ids,
        "columnWidths": {column.id: _width(column) for column in view.columns},
        # By default, charts show the first ten runs alone.
        "runsHiddenMode": "SHOW_ALL",
        **(_charts(view.charts) if view.charts else {}),
    }


def _width(column: Column) -> int:
    return min(max(_NARROWEST, _BESIDE + _LETTER * len(column.name)), _WIDEST)


def _charts(charts: Charts) -> dict[str, Any]:
    """Return a section of two charts, which is above those that the page makes itself."""
    scatter = {
        **_card("scatter"),
        "xaxis": {"key": charts.size, "type": "METRIC"},
        "yaxis": {"key": charts.accuracy, "type": "METRIC"},
    }
    parallel = {
        **_card("parallel"),
        "selectedParams": list(charts.parameters),
        "selectedMetrics": [charts.size, charts.accuracy],
        "showAllRuns": True,
    }
    section = {
        "uuid": _SECTION, "name": "Size and accuracy", "display": True, "isReordered": True,
        "deleted": False, "isGenerated": False, "columns": 2, "cardHeight": 440,
    }  # fmt: skip
    return {
        "compareRunCharts": [scatter, parallel],
        "compareRunSections": [section],
        "isAccordionReordered": True,
    }


def _card(kind: str) -> dict[str, Any]:
    return {
        "uuid": f"{_SECTION}-{kind}", "type": kind.upper(), "runsCountToCompare": 1000,
        "metricSectionId": _SECTION, "deleted": False, "isGenerated": False,
    }  # fmt: skip
