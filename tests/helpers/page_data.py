"""Read what the page of a report holds for its script."""

import base64
import gzip
import json
import re
from typing import Any


def files_in(html: str) -> dict[str, Any]:
    """Read the files of a page, compressed or not."""
    found = re.search(r'id="files-data" data-kind="(\w+)">([^<]*)</script>', html)
    assert found
    kind, text = found.groups()
    plain = gzip.decompress(base64.b64decode(text)).decode() if kind == "gzip" else text
    data: dict[str, Any] = json.loads(plain)
    return data
