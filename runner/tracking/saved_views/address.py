"""Make the part of an address after the server's, which leads to runs on MLflow's pages."""

from urllib.parse import quote, urlencode

from runner.tracking.saved_views.view import View

# Where MLflow shows a database from this machine, unless another place is asked for.
PORT = 5000
LOCAL = f"http://127.0.0.1:{PORT}"
# MLflow shows what is for language models else, and remembers which of the two was seen last.
_TRAINING = {"workflowType": "machine_learning"}
_CHARTS = {"compareRunsMode": "CHART"}


def of_run(experiment_id: str, run_id: str) -> str:
    """Lead to the page of one run."""
    return f"/#/experiments/{experiment_id}/runs/{run_id}"


def of_saved(experiment_id: str, view: View) -> str:
    """Lead to a view by its key; its filter must not be there, for then the key is ignored."""
    return _page(experiment_id, {"viewStateShareKey": view.key}, view)


def of_search(experiment_id: str, view: View) -> str:
    """Lead to the same runs in the same order, whatever else the page shows of them."""
    values = {"searchFilter": view.filter}
    if view.order:
        values |= {"orderByKey": view.order.id, "orderByAsc": "true"}
    return _page(experiment_id, values, view)


def _page(experiment_id: str, values: dict[str, str], view: View) -> str:
    words = {**_TRAINING, **(_CHARTS if view.as_charts else {}), **values}
    return f"/#/experiments/{experiment_id}/runs?{urlencode(words, quote_via=quote)}"
