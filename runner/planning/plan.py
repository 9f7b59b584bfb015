"""Tell whether a point is still what its sweep planned: its model, its data and its code."""

from runner.errors import RunnerError
from runner.planning.fingerprint import code_digest, fingerprint, look_at_libraries
from runner.planning.request import content_digest
from runner.settings import Settings

_PARTS = ("model", "data", "code")


class NotAsPlanned(RunnerError):
    """A point is another one than its sweep began with."""


def plan_of(settings: Settings, data_digest: str) -> str:
    """Identify a point, and apart from each other what may change while its sweep runs.

    Returns:
        The fingerprint, and digests of the model, the data and the code; joined by hyphens.
    """
    model = content_digest(settings.architecture)
    return "-".join((fingerprint(settings, data_digest), model, data_digest, code_digest()))


def require_as_planned(settings: Settings, data_digest: str) -> None:
    """Require that a point is the one that its sweep handed over; a point alone may be any.

    Raises:
        NotAsPlanned: names what has changed.
    """
    look_at_libraries()
    planned, found = settings.sweep.planned, plan_of(settings, data_digest)
    if planned is None or planned == found:
        return
    pairs = list(zip(_PARTS, planned.split("-")[1:], found.split("-")[1:], strict=False))
    parts = [part for part, before, now in pairs if before != now]
    subject = " and ".join(f"the {_named(part, settings)}" for part in parts) or "a library"
    verb = "have" if len(parts) > 1 else "has"
    raise NotAsPlanned(
        f"{subject} {verb} changed since the sweep began; finished points stay as they are: put "
        "back what was there and type the same command, which goes on, or type it now, and it "
        "begins anew"
    )


def _named(part: str, settings: Settings) -> str:
    architecture, dataset = settings.architecture, settings.dataset
    if part == "model":
        own = {"path": architecture.path, "target": architecture.target}
        given = [f"architecture.{name}={value}" for name, value in own.items() if value]
        labels = ["architecture.labels"] if architecture.labels else []
        return f"model ({', '.join([*given, *labels]) or f'architecture={architecture.name}'})"
    if part == "data":
        place = f" of {dataset.path}" if dataset.path else ""
        return f"data (dataset={dataset.name}{place})"
    return "code of the runner"
