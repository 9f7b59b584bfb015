"""Fill in what plotly shows of a mark under the pointer."""

import re
from typing import Any

from runner.report.svg.element import lines_of
from runner.report.svg.scale import written

_FIELD = re.compile(r"%\{(\w+)(?:\[(\d+)\])?(?::([^}]+))?\}")


def hover(trace: Any, values: dict[str, Any], formats: dict[str, str | None]) -> str:
    """Return the lines of a mark; empty where it has none.

    Args:
        values: of the fields that the trace's template names: x, y, z, text, customdata.
        formats: of fields that have none in the template, by name.
    """

    def fill(field: re.Match[str]) -> str:
        name, number, pattern = field.groups()
        value = values.get(name)
        if number is not None and value is not None:
            value = value[int(number)]
        return written(value, pattern or formats.get(name))

    return "\n".join(lines_of(_FIELD.sub(fill, trace.hovertemplate or "")))
