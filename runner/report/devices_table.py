"""Fill the table of devices: for each one, the file to ship and what it takes there."""

from collections.abc import Sequence

from runner.report.contents import Contents
from runner.results.choice import File
from runner.results.decision import Decision
from runner.results.drop_words import NOT_MEASURED
from runner.results.evidence import Evidence
from runner.results.evidence_words import in_brief
from runner.results.rows import Results, data_label
from runner.settings.devices import Device

_HEADING = (
    "device",
    "file to ship",
    "size",
    "RAM",
    "latency",
    "validation",
    "test",
    "limit",
    "why none",
)


class DevicesTable:
    """A line for each device, sweep and data set; empty where nobody asked but for a phone."""

    def __init__(self, contents: Contents, sweeps: Sequence[Results]) -> None:
        self._contents = contents
        self._decisions = [pair for pair in contents.asked if pair[0] in sweeps]
        devices = {decision.device for _, decision in self._decisions}
        self._several = len(self._decisions) > len(devices)

    @property
    def heading(self) -> list[str]:
        """The names of the columns, the first of them that of the data where there are several."""
        return [*(["of"] if self._several else []), *_HEADING]

    @property
    def lines(self) -> list[list[str]]:
        """The texts of the cells."""
        return [self._line(*pair) for pair in self._decisions]

    def _line(self, results: Results, decision: Decision) -> list[str]:
        file = decision.file
        name = f"{file.target} of {file.point.name}" if file else "none"
        figures = _figures(decision.device, file) if file else [""] * 5
        evidence = Evidence.of(decision)
        sure = in_brief(evidence) or NOT_MEASURED if file and evidence else ""
        why = "" if file else decision.reason
        return [*self._of(results, decision), str(decision.device), name, *figures, sure, why]

    def _of(self, results: Results, decision: Decision) -> list[str]:
        if not self._several:
            return []
        label = self._contents.labels[self._contents.sweeps.index(results)]
        data = data_label(decision.rows, self._contents.rows) if decision.rows else ""
        return [f"{label} on {data}"]


def _figures(device: Device, file: File) -> list[str]:
    size = f"{file.size:,.0f} bytes{' zipped' if device is Device.PHONE else ' of flash'}"
    ram = "" if file.ram is None else f"{file.ram:,.0f} bytes"
    estimate = " (estimate)" if device.is_ethos_u else ""
    latency = "" if file.latency_ms is None else f"{file.latency_ms:.3g} ms{estimate}"
    return [size, ram, latency, f"{file.validation_accuracy:.2%}", f"{file.accuracy:.2%}"]
