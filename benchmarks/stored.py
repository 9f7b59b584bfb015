"""Simulated nights go in; the same, written to a real store and read back from it, come out."""

import json
from collections.abc import Sequence
from pathlib import Path

from runner.nightly.history.past import GOOD, JSON, VERDICT, Past, past
from runner.nightly.history.records import Night
from runner.tracking import Kind, Store


def stored(nights: Sequence[Night], folder: Path) -> list[Past]:
    """Write good nights, oldest first, as runs of a SQLite store in the folder; read them back."""
    store = Store(f"sqlite:///{folder}/mlflow.db", "nightly")
    for night in nights:
        run = store.new_run(Kind.NIGHTLY, night.name, {}, {VERDICT: GOOD})
        run.log_text(json.dumps({"night": night.as_dict()}), JSON)
        run.end("FINISHED")
    return past(store, len(nights))
