"""A store goes in; what became of the last night comes out, or it is accepted as it is."""

from datetime import datetime

from runner.errors import Refused
from runner.nightly.history.past import night_runs
from runner.nightly.report.notify import PAGE
from runner.nightly.settings import NightlySettings
from runner.tracking import Record, Store
from runner.tracking.tags import ACCEPTED, VERDICT


def standing(settings: NightlySettings) -> list[str]:
    """Say in lines what became of the last night; a store that has none yet says so too.

    Raises:
        StoreFailed: the store does not answer.
    """
    store = Store(settings.uri, settings.experiment)
    try:
        store.connect(create=False)
    except Refused as refusal:
        return [f"last night: none; {refusal}"]
    nights = night_runs(store)
    if not nights:
        return [f"last night: none in experiment {settings.experiment}"]
    return [f"last night: {_told(nights[-1])}", f"report: {settings.folder / PAGE}"]


def accept(store: Store) -> str:
    """Take the last night for good; returns what to say.

    Nights before it count no more: from here on, its figures are what is usual.

    Raises:
        Refused: no night was run to its end.
        StoreFailed: the store does not answer.
    """
    judged = [night for night in night_runs(store) if night.tags.get(VERDICT)]
    if not judged:
        raise Refused("accept: there must be a night that was run to its end")
    run = store.reopen(judged[-1])
    run.tag(ACCEPTED, "true")
    run.flush()
    return f"accepted: night {judged[-1].name}, {judged[-1].tags[VERDICT]}; compared from there on"


def _told(night: Record) -> str:
    begun = datetime.fromtimestamp(night.started / 1000).astimezone().strftime("%Y-%m-%d %H:%M")
    became = night.tags.get(VERDICT) or night.status.lower()
    return f"{night.name}, {became}, begun {begun} (run {night.id})"
