"""Say how the last night went, or accept it as it is."""

from datetime import datetime

from runner.errors import Refused
from runner.nightly.history.past import PAGE, night_runs
from runner.nightly.settings import NightlySettings
from runner.tracking import Record, Store
from runner.tracking.tags import ACCEPTED, NO_PICK, VERDICT


def status_lines(settings: NightlySettings) -> list[str]:
    """Say in lines how the last night went; a store that has none yet says so too.

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
        return [f"last night: none in experiment {store.experiment}"]
    return [f"last night: {_night_text(nights[-1])}", f"report: {settings.folder / PAGE}"]


def accept(store: Store) -> str:
    """Accept the last night as good; returns what to print.

    Nights before it count no more: from here on, its figures are the usual ones.

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


def _night_text(night: Record) -> str:
    begun = datetime.fromtimestamp(night.started / 1000).astimezone().strftime("%Y-%m-%d %H:%M")
    verdict = night.tags.get(VERDICT) or night.status.lower()
    verdict += ", a sweep without a file to ship" if NO_PICK in night.tags else ""
    return f"{night.name}, {verdict}, begun {begun} (run {night.id})"
