"""Run one sweep on real images, ask it for four devices, and print which file each one gets.

    RUNNER_DATA=FOLDER python -m benchmarks.device_picks

The sweep is +sweep=mnist with all kinds of files. Nothing is trained for a device: each of them is
a question to the same sweep, as `python -m runner.best latest --device NAME --flash 16K` asks it.
With a folder after the command, the sweep is kept there, and only asked when it is there already.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fixtures.sweep_folder import settings_within, store_in
from runner.device.budgets import Budgets
from runner.device.fit import fit
from runner.results.choice import File
from runner.results.device_rows import with_device_rows
from runner.results.lookup import find_sweep
from runner.results.rows import Results, read
from runner.results.selection import Criteria, qualify
from runner.settings.devices import Device

_K = 1024


@dataclass(frozen=True)
class Question:
    """A device, and the room on it."""

    device: Device
    budgets: Budgets

    @property
    def name(self) -> str:
        """The device and its room in words."""
        return ", ".join([str(self.device), *self.budgets.words])


QUESTIONS = (
    Question(Device.PHONE, Budgets()),
    Question(Device.MICROCONTROLLER, Budgets(flash=16 * _K, ram=64 * _K)),
    Question(Device.MICROCONTROLLER, Budgets(flash=64 * _K, ram=16 * _K)),
    Question(Device.ETHOS_U55_128, Budgets()),
)
_DEVICES = "devices=[phone,microcontroller,ethos_u55_128]"


def main() -> None:
    """Run the sweep, unless it is there, and print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else name).resolve()
        if not (folder / "mlflow.db").is_file():
            _run(folder)
        store = store_in(folder)
        results = read(store, find_sweep(store, "latest"))
        results = with_device_rows(store, results, results.request)
        for line in table(results, QUESTIONS):
            print(line)


def _run(folder: Path) -> None:
    command = [sys.executable, "-m", "runner", "+sweep=mnist", "export=all", _DEVICES]
    command += settings_within(folder)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def table(results: Results, questions: Sequence[Question]) -> Iterator[str]:
    """Yield the lines of a table in Markdown: a row a device, with why others' files are not its.

    Args:
        results: with their tables of devices.
    """
    yield "| device | file to ship | size there | RAM | test accuracy | why not a file from above |"
    yield "|---|---|---|---|---|---|"
    above: dict[str, File] = {}
    for question in questions:
        criteria = Criteria(device=question.device, budgets=question.budgets)
        file = qualify(results, criteria).file
        if file is None:
            yield f"| {question.name} | none | | | | |"
            continue
        why = "; ".join(_why_not(results, question, file, other) for other in above.values())
        zipped = " zipped" if question.device is Device.PHONE else ""
        size, ram = f"{file.size:,.0f} B{zipped}", "" if file.ram is None else f"{file.ram:,.0f} B"
        yield (
            f"| {question.name} | `{file.target}`, {file.point.name} | {size} | {ram} "
            f"| {file.accuracy:.2%} | {why} |"
        )
        above[_name(file)] = file


def _why_not(results: Results, question: Question, file: File, other: File) -> str:
    if _name(file) == _name(other):
        return "the same file"
    rows = next(row.devices for row in results.rows if row.point.id == other.point.id)
    found = fit(other.target, other.point.figures(other.target), rows, question.device)
    if not found.runs:
        # The last of the refusal's sentences names the operator.
        return f"`{other.target}` does not run: {found.reason.rpartition('; ')[2]}"
    exceeded = question.budgets.exceeded_by(found, question.device)
    if exceeded:
        return f"`{other.target}` {' and '.join(excess.text for excess in exceeded)}"
    return f"`{other.target}`, {other.point.name}, takes {found.size:,.0f} B there"


def _name(file: File) -> str:
    return f"{file.target} of {file.point.id}"


if __name__ == "__main__":
    main()
