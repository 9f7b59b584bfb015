"""Register the smallest TFLite file of a sweep that is within limits as a model's champion.

python -m runner.promote SWEEP --max-drop 0.01 --name digits
"""

import argparse
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from runner.cli import command, failure
from runner.cli.completion import completing
from runner.cli.limits import add_limits, criteria_of
from runner.cli.question import agreed, can_ask
from runner.errors import Refused
from runner.escaping.terminal import say
from runner.settings.targets import Target

if TYPE_CHECKING:
    from runner.promotion.challenge import Challenge
    from runner.results.decision import Decision
    from runner.tracking import Store
    from runner.tracking.champion import Champion
    from runner.tracking.registry import Candidate

# LiteRT, which answers requests, has no decoder of what is for TFLite Micro only.
_TFLITE = [target for target in Target if target is not Target.H5 and not target.on_tflm_only]


@dataclass(frozen=True)
class _Chosen:
    """A file to register, where it comes from, what it is in words, and what is said besides."""

    decision: "Decision"
    candidate: "Candidate"
    values: dict[str, Any]
    text: str
    notes: list[str]


def main() -> None:
    """Enter from the command line."""
    made = command.parser(
        "promote",
        "Register the smallest TFLite file that runs on a device and keeps all limits in MLflow's\n"
        "model registry, as the champion that MLflow loads and serves. Shows it beside the\n"
        "champion that is there, and asks first on a terminal.",
        "no file keeps the limits (what comes closest is named), the baseline is not above chance,"
        " it is worse than the champion, it was not agreed to, or the store failed",
        "Accuracy is judged on the validation images. The new version gets the alias champion,\n"
        "and the champion before it the alias previous.",
    )
    command.add_sweep(made)
    add_limits(made)
    made.add_argument(
        "--name", metavar="NAME", help="the registered model; default: DATASET-ARCHITECTURE"
    )
    made.add_argument("--yes", action="store_true", help="do not ask")
    made.add_argument(
        "--force", action="store_true",
        help="promote also what is worse than the champion on what was asked: larger, though the "
        "champion keeps the limits, or less accurate",
    )  # fmt: skip
    made.add_argument(
        "--dry-run", action="store_true", help="show how they compare, and register nothing"
    )
    command.enter(made, _act, _check)


def _check(arguments: argparse.Namespace) -> list[Target]:
    """Return the targets to choose from.

    Raises:
        Refused: a target cannot be served, or the registry takes no such name.
    """
    for target in arguments.target or ():
        if target not in _TFLITE:
            served = ", ".join(_TFLITE)
            raise Refused(f"--target={target}: must be a file that is served: {served}")
    name = arguments.name
    # It stands in an address, models:/NAME@champion; the registry refuses more.
    if name is not None and not (name.strip() and name.isprintable() and "?" not in name):
        raise Refused(f"--name={name!r}: must be a name, of printable characters except ?")
    return [Target(name) for name in arguments.target or _TFLITE]


def _act(arguments: argparse.Namespace, store: "Store") -> int:
    from runner.promotion.registration import default_name, prepared
    from runner.results.evidence import Evidence
    from runner.results.evidence_words import described
    from runner.results.selection import select

    criteria = criteria_of(arguments, _check(arguments))
    decision, values = select(store, arguments.sweep, criteria, completing(arguments))
    # Who names the targets passes over the others on purpose.
    notes = [] if arguments.target else _passed_over(decision)
    evidence = Evidence.of(decision)
    if not decision.file or not evidence:
        command.show(arguments, values, decision.reason, *notes)
        return failure.FAILED
    name = default_name(decision.file) if arguments.name is None else arguments.name
    values |= {"name": name, "uri": f"models:/{name}@champion"}
    text = f"{decision.file.target} of {decision.file.point.name}: {described(evidence)}"
    with tempfile.TemporaryDirectory() as folder:
        candidate, values = prepared(store, decision.file, values, text, Path(folder))
        return _register(arguments, store, _Chosen(decision, candidate, values, text, notes))


def _passed_over(decision: "Decision") -> list[str]:
    """Say which smaller file LiteRT cannot serve, where the device would run one."""
    from runner.results.choice import smallest
    from runner.results.file_words import figures

    found = smallest(decision.rows, replace(decision.limits, targets=tuple(Target)))
    best = found.file if found else None
    if decision.warning or not best or best.target in _TFLITE:
        return []
    return [
        f"Passed over, since LiteRT cannot serve it: {best.target} of {best.point.name}: "
        f"{figures(best)}"
    ]


def _register(arguments: argparse.Namespace, store: "Store", chosen: _Chosen) -> int:
    """Register the file, unless the champion that is there is better, or somebody says no."""
    from runner.promotion.registration import registered
    from runner.tracking.champion import find_champion
    from runner.tracking.registry import promote

    name, uri = chosen.values["name"], chosen.values["uri"]
    champion = find_champion(store, name)
    challenge = _challenge(store, champion, chosen)
    values = chosen.values | ({"champion": challenge.values} if challenge else {})
    if challenge and not arguments.json and (can_ask() or _goes_on(arguments, challenge)):
        say(*challenge.lines)
    if arguments.dry_run:
        told = challenge.sentence if challenge else _without_challenge(uri, champion)
        command.show(arguments, values | {"changed": False}, f"nothing was changed: {told}")
        return failure.DONE
    if challenge and (stop := _stop(arguments, challenge)):
        command.show(arguments, values | {"changed": False, "reason": stop}, stop)
        return failure.FAILED
    promotion = promote(store, name, chosen.candidate, champion.version if champion else None)
    lines = registered(store, chosen.text, uri, promotion)
    command.show(arguments, values | asdict(promotion), *lines, *chosen.notes)
    return failure.DONE


def _challenge(store: "Store", champion: "Champion | None", chosen: _Chosen) -> "Challenge | None":
    """Compare the file with the champion; None where there is none, or it is the same file."""
    from runner.promotion.challenge import Challenge

    file = chosen.decision.file
    if not champion or not file or champion.sha256 == chosen.values["sha256"]:
        return None
    return Challenge.of(store, champion, chosen.decision, file)


def _goes_on(arguments: argparse.Namespace, challenge: "Challenge") -> bool:
    return bool(arguments.dry_run or arguments.force or not challenge.is_worse)


def _without_challenge(uri: str, champion: "Champion | None") -> str:
    if champion:
        return f"{uri} is this file already, as version {champion.version}"
    return f"{uri} would be this file, as the first champion"


def _stop(arguments: argparse.Namespace, challenge: "Challenge") -> str:
    """Say why the file is not registered; empty where it is. Asks where somebody can be asked."""
    if not _goes_on(arguments, challenge):
        return f"not promoted: {challenge.sentence}; --force promotes it all the same"
    if arguments.yes or arguments.json or not can_ask():
        return ""
    from runner.escaping.wrapped import say_wrapped

    say_wrapped(Console(), [f"{challenge.sentence}."])
    return "" if agreed("Promote?") else "nothing was promoted"


if __name__ == "__main__":
    main()
