"""Prepare a file of a sweep for the registry, and say how it is served once it is there."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.escaping.markdown import plain
from runner.results.class_figures import class_names
from runner.results.class_words import in_brief
from runner.results.file import File
from runner.results.provenance import sha256, version_tags
from runner.settings.address_mask import masked
from runner.tracking import Store
from runner.tracking.registry import Candidate, Promotion


def default_name(file: File) -> str:
    """Return what the registered model is called where nobody says: DATASET-ARCHITECTURE."""
    params = file.point.params
    return f"{params.get('dataset.name')}-{_network(params)}"


def prepared(
    store: Store, file: File, values: Mapping[str, Any], text: str, folder: Path
) -> tuple[Candidate, dict[str, Any]]:
    """Fetch the file, with its provenance as tags, and a text that describes the version.

    Args:
        values: where the file comes from.
        text: what it is.
        folder: takes what comes from elsewhere.

    Returns:
        What the registry takes, and the values with the digest and the names of the classes.

    Raises:
        StoreFailed: the store does not answer, or the file is gone.
    """
    path = store.fetch(file.point, file.artifact, folder)
    classes = class_names(store, file.point)
    known = {**values, "sha256": sha256(path), **({"classes": [*classes]} if classes else {})}
    named = in_brief(classes)
    candidate = Candidate(
        point=file.point,
        path=path,
        input=values["input"],
        folder=f"promoted/{file.target}",
        tags=version_tags(known),
        description=plain(
            f"Of the sweep {values['sweep']}: {text}" + (f"; {named}" if named else "")
        ),
        classes=classes,
    )
    return candidate, known


def registered(store: Store, text: str, uri: str, promotion: Promotion) -> list[str]:
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


def _network(params: Mapping[str, str]) -> str:
    """Return the name of the network: MLflow takes no colons and slashes in a name."""
    target, path = (params.get(f"architecture.{key}", "null") for key in ("target", "path"))
    if target != "null":
        return target.rpartition(":")[2]
    return params.get("architecture.name", "") if path == "null" else _plain(Path(path).stem)


def _plain(name: str) -> str:
    return re.sub(r"[:/\\]", "_", name)
