"""Keep views in an experiment's tags, and take them out with what they show."""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence

from runner.tracking.connection import StoreFailed
from runner.tracking.experiment import Experiment
from runner.tracking.retries import few_retries
from runner.tracking.saved_views import address
from runner.tracking.saved_views.page_state import page_state
from runner.tracking.saved_views.server import TESTED, takes_views, version
from runner.tracking.saved_views.tag_text import PREFIX, Saved, read, write
from runner.tracking.saved_views.view import View

# Tags of all of an experiment are loaded with each of its pages.
MOST = 50
_OF_POINTS = "runner-points-"
_GONE = ("RESOURCE_DOES_NOT_EXIST", "ENDPOINT_NOT_FOUND")

log = logging.getLogger(__name__)


def points_key(sweep_id: str) -> str:
    """Return the key of the view of a sweep's points."""
    return f"{_OF_POINTS}{sweep_id[:12]}"


def keep(store: Experiment, views: Sequence[View], shown: View) -> str:
    """Save views, and return where one of them is shown: the address after the server's.

    Nothing else depends on a view: where none can be saved, the address leads to the same runs, as
    the page shows them to everyone.
    """
    try:
        with few_retries():
            found = version(store)
            # What Databricks has for pages is another program.
            if takes_views(found) and not store.uri.startswith("databricks"):
                _save(store, views)
                return address.of_saved(store.experiment_id, shown)
        log.debug("no view is saved: MLflow is %s, not %s", found, TESTED)
    except StoreFailed as failure:
        log.info("MLflow's pages show the runs, but no saved view of them: %s", failure)
    return address.of_search(store.experiment_id, shown)


def kept(store: Experiment, key: str) -> str | None:
    """Return where a view is shown that is there, as the address after the server's, else None.

    Raises:
        StoreFailed: the store does not answer.
    """
    if PREFIX + key in _tags(store) and takes_views(version(store)):
        return address.of_saved(store.experiment_id, View(key, "", ""))
    return None


def forget(store: Experiment, sweep_ids: Iterable[str]) -> None:
    """Take out the views of the points of these sweeps.

    Raises:
        StoreFailed: the store does not answer.
    """
    keys = {PREFIX + points_key(sweep_id) for sweep_id in sweep_ids}
    if keys:
        _remove(store, keys & _tags(store).keys())


def _save(store: Experiment, views: Iterable[View]) -> None:
    tags = _tags(store)
    new = {PREFIX + view.key: view for view in views}
    for tag, view in new.items():
        saved, before = Saved(view.name, view.created, page_state(view)), read(tags.get(tag, ""))
        if before is None or (before.name, before.state) != (saved.name, saved.state):
            text = write(saved, int(time.time() * 1000))
            store.connection.set_experiment_tag(store.experiment_id, tag, text)
            tags[tag] = text
    _remove(store, [tag for tag in _too_many(tags) if tag not in new])


def _too_many(tags: Mapping[str, str]) -> list[str]:
    """Name the tags of the points of sweeps before the newest."""
    ours = {tag: read(text) for tag, text in tags.items() if tag.startswith(PREFIX + _OF_POINTS)}
    ages = {tag: saved.created if saved else 0 for tag, saved in ours.items()}
    return sorted(ages, key=lambda tag: ages[tag], reverse=True)[MOST:]


def _tags(store: Experiment) -> dict[str, str]:
    return dict(store.connection.get_experiment(store.experiment_id).tags)


def _remove(store: Experiment, tags: Iterable[str]) -> None:
    """Remove tags; one that is not there was removed by another process meanwhile."""
    for tag in tags:
        try:
            store.connection.delete_experiment_tag(store.experiment_id, tag)
        except StoreFailed as failure:
            if failure.code not in _GONE:
                raise
