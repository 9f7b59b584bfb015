"""Write a saved view as the text of an experiment's tag, and read it.

The text is JSON with the view's name, when it was made and changed, and the page's state: JSON that
is compressed by zlib, in base64, after the word `deflate;`. MLflow 3.17.2 has it so
(mlflow/server/js/src: experiment-tracking/components/experiment-page/utils/savedViewEnvelope.ts,
common/utils/StringUtils.ts).
"""

import base64
import json
import zlib
from typing import Any, NamedTuple

# The tag's name begins so; what follows is what an address names the view by.
PREFIX = "mlflow.sharedViewState."
_COMPRESSED = "deflate;"


class Saved(NamedTuple):
    """A saved view as its tag has it; `created` is in milliseconds since 1970."""

    name: str
    created: int
    state: dict[str, Any]


def write(saved: Saved, now: int) -> str:
    """Write it as a tag's text.

    Args:
        now: milliseconds since 1970.
    """
    state = json.dumps(saved.state, separators=(",", ":"))
    compressed = base64.b64encode(zlib.compress(state.encode(), 9)).decode()
    values = {"name": saved.name, "createdAt": saved.created, "updatedAt": now}
    return json.dumps({**values, "state": f"{_COMPRESSED}{compressed}"}, separators=(",", ":"))


def read(text: str) -> Saved | None:
    """Read a tag's text; None where it is of another format."""
    try:
        values = json.loads(text)
        compressed = str(values["state"]).removeprefix(_COMPRESSED)
        state = json.loads(zlib.decompress(base64.b64decode(compressed)))
        return Saved(str(values["name"]), int(values["createdAt"]), dict(state))
    except (ValueError, KeyError, TypeError, zlib.error):
        return None
