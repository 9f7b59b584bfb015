"""Write the files of a report as data, from which the page's script makes table and picture."""

import base64
import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from runner.escaping.terminal import visible
from runner.report.contents import Contents
from runner.report.files_table import FilesTable
from runner.results.typed_command import command_elsewhere
from runner.settings.address_mask import masked, without_login
from runner.settings.targets import Target
from runner.tracking import Record, Store
from runner.tracking.saved_views.address import of_run

# Characters of JSON from which on it is compressed: fewer are easier to look at.
_MANY = 60_000


def files_data(contents: Contents, table: FilesTable) -> Markup:
    """Write the element of the page that holds the lines of the table, and where each links to."""
    text = json.dumps(_data(contents, table), separators=(",", ":"))
    if len(text) <= _MANY:
        # Nothing in a script ends it, or begins a comment, but what has this letter.
        return _element("json", text.replace("<", "\\u003c"))
    packed = gzip.compress(text.encode(), mtime=0)
    return _element("gzip", base64.b64encode(packed).decode())


def seen_by(store: Store) -> str:
    """Return the command that shows a run in MLflow; empty where a server shows it anyway."""
    if store.uri.startswith(("http", "databricks")):
        return ""
    return command_elsewhere(store, "ui", "RUN")


def _element(kind: str, text: str) -> Markup:
    return Markup(  # noqa: S704
        f'<script type="text/plain" id="files-data" data-kind="{kind}">{text}</script>'
    )


def _data(contents: Contents, table: FilesTable) -> Mapping[str, Any]:
    lines = table.lines
    runs = {line.record.id: line.record for line in lines}
    numbers = {run_id: number for number, run_id in enumerate(runs)}
    targets = list(Target)
    return {
        "heading": [visible(name) for name in table.heading],
        "rows": [[visible(cell) for cell in line.cells] for line in lines],
        "settings": [visible(name) for name in [*table.names, "file", "mark"]],
        "links": [(numbers[line.record.id], targets.index(line.target)) for line in lines],
        "places": [_places(contents.store, record) for record in runs.values()],
        "files": [target.file_name for target in targets],
        "x": "zipped bytes",
        "y": "validation",
    }


def _places(store: Store, record: Record) -> dict[str, str]:
    """Return where a run is seen, and where its files lie: addresses, else plain text."""
    files = _address(store.local_file(record, "models"))
    # The one that is used may hold a password, which no page may show.
    uri = without_login(store.uri)
    page = of_run(record.experiment_id, record.id)
    run = f"{uri}{page}" if uri.startswith(("http://", "https://")) else record.id
    return {"run": visible(run), "files": visible(files)}


def _address(place: str) -> str:
    """Return the address of a folder on this machine; an address as it is, without secrets."""
    return Path(place).as_uri() if Path(place).is_absolute() else masked(place)
