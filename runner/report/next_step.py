"""Name the commands that go on from a sweep."""

from runner.results.decision import Decision
from runner.results.rows import Results
from runner.results.typed_command import command_elsewhere
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Store


def next_step(store: Store, results: Results, decision: Decision) -> str:
    """Return the command that ships the file; empty where there is none to ship.

    A file that MLflow cannot serve is looked at instead.
    """
    file = decision.file
    if not file:
        return ""
    serves = file.target is not Target.H5 and not file.target.on_tflm_only
    words = ["promote" if serves else "best", results.sweep.id]
    words += ["--max-drop", f"{results.max_drop:g}"]
    if decision.device is not Device.PHONE:
        words += ["--device", str(decision.device)]
    return command_elsewhere(store, *words)
