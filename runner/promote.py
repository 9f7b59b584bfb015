"""Register the smallest TFLite file of a sweep that is within limits as a model's champion.

python -m runner.promote SWEEP --max-drop 0.01 --name digits
"""

import argparse
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.cli import command, failure
from runner.cli.completion import completing
from runner.cli.limits import add_limits, criteria_of
from runner.errors import Refused
from runner.escaping.markdown import plain
from runner.settings.address_mask import masked
from runner.settings.targets import Target

if TYPE_CHECKING:
    from runner.results.choice import File
    from runner.results.decision import Decision
    from runner.tracking import Store
    from runner.tracking.registry import Promotion

# LiteRT, which answers requests, has no decoder of what is for TFLite Micro only.
_TFLITE = [target for target in Target if target is not Target.H5 and not target.on_tflm_only]


def main() -> None:
    """Enter from the command line."""
    made = command.parser(
        "promote",
        "Register the smallest TFLite file that runs on a device and keeps all limits in MLflow's\n"
        "model registry, as the champion that MLflow loads and serves.",
        "no file keeps the limits (what comes closest is named), the baseline is not above chance,"
        " or the store failed",
        "Accuracy is judged on the validation images. The new version gets the alias champion,\n"
        "and the champion before it the alias previous.",
    )
    command.add_sweep(made)
    add_limits(made)
    made.add_argument(
        "--name", metavar="NAME", help="the registered model; default: DATASET-ARCHITECTURE"
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
    params = decision.file.point.params
    default = f"{params.get('dataset.name')}-{_network(params)}"
    name = default if arguments.name is None else arguments.name
    text = f"{decision.file.target} of {decision.file.point.name}: {described(evidence)}"
    values, promotion = _promote(store, decision.file, name, values, text)
    uri = f"models:/{name}@champion"
    values |= {"name": name, "uri": uri, **asdict(promotion)}
    command.show(arguments, values, *_describe(store, text, uri, promotion), *notes)
    return failure.DONE


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


def _network(params: Mapping[str, str]) -> str:
    """Return the name of the network: MLflow takes no colons and slashes in a name."""
    target, path = (params.get(f"architecture.{key}", "null") for key in ("target", "path"))
    if target != "null":
        return target.rpartition(":")[2]
    return params.get("architecture.name", "") if path == "null" else _plain(Path(path).stem)


def _plain(name: str) -> str:
    return re.sub(r"[:/\\]", "_", name)


def _promote(
    store: "Store", file: "File", name: str, values: dict[str, Any], text: str
) -> tuple[dict[str, Any], "Promotion"]:
    """Register the file, with its provenance as tags, and a text that describes the version."""
    from runner.results.class_figures import class_names
    from runner.results.class_words import in_brief
    from runner.results.provenance import sha256, version_tags
    from runner.tracking.registry import Candidate, promote

    with tempfile.TemporaryDirectory() as folder:
        path = store.fetch(file.point, file.artifact, Path(folder))
        values = values | {"sha256": sha256(path)}
        classes = class_names(store, file.point)
        named = in_brief(classes)
        candidate = Candidate(
            point=file.point,
            path=path,
            input=values["input"],
            folder=f"promoted/{file.target}",
            tags=version_tags(values),
            description=plain(
                f"Of the sweep {values['sweep']}: {text}" + (f"; {named}" if named else "")
            ),
            classes=classes,
        )
        values |= {"classes": [*classes]} if classes else {}
        return values, promote(store, name, candidate)


def _describe(store: "Store", text: str, uri: str, promotion: "Promotion") -> list[str]:
    """Say which version is the champion now, and how to serve it."""
    if promotion.changed:
        before = f", after version {promotion.previous}" if promotion.previous else ""
        champion = f"{uri} is version {promotion.version} now{before}"
    else:
        champion = f"nothing changed: {uri} is this file already, as version {promotion.version}"
    return [f"{champion}: {text}", f"Serve it: {_serve_command(store.uri, uri)}"]


def _serve_command(store_uri: str, uri: str) -> str:
    """Return the command: MLflow finds the store and its own programs by the environment."""
    programs = Path(sys.executable).parent
    variables = []
    if Path(shutil.which("uvicorn") or "").parent != programs:
        variables.append(f'PATH={shlex.quote(str(programs))}:"$PATH"')
    if os.environ.get("MLFLOW_TRACKING_URI") != store_uri:
        variables.append(f"MLFLOW_TRACKING_URI={shlex.quote(masked(store_uri))}")
    serve = ["mlflow", "models", "serve", "-m", uri, "--env-manager", "local", "--port", "5001"]
    return " ".join([*variables, shlex.join(serve)])


if __name__ == "__main__":
    main()
