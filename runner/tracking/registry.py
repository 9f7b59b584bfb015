"""Register a TFLite file as the champion among the versions of a model."""

import json
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import numpy as np
from hydra.core.utils import env_override
from mlflow.models import ModelSignature
from mlflow.types import ParamSchema, ParamSpec, Schema, TensorSpec

from runner.errors import one_line
from runner.process.capture import stderr_to_log
from runner.tracking import served
from runner.tracking.champion import CHAMPION, explained, find_named
from runner.tracking.connection import Connection, StoreFailed
from runner.tracking.record import Record
from runner.tracking.store import Store
from runner.tracking.tags import SERVED, SHA256
from runner.tracking.versions import create_model, create_version

PREVIOUS = "previous"

_REQUIREMENTS = ("ai-edge-litert", "mlflow", "numpy")


@dataclass(frozen=True)
class Candidate:
    """A file of a point, with its digest among the tags, and the folder that its run gets.

    Attributes:
        input: how pixels come to what the file takes, as `served.Input` has it.
        classes: their names in the order of its outputs; runs of earlier versions name none.
    """

    point: Record
    path: Path
    input: Mapping[str, Any]
    folder: str
    tags: Mapping[str, str]
    description: str
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Promotion:
    """Who is champion now, and who was before; not changed where it is the same file."""

    version: str
    previous: str | None
    changed: bool


def promote(store: Store, name: str, candidate: Candidate, seen: str | None) -> Promotion:
    """Make the file the champion of the registered model, which is created if it is missing.

    Args:
        seen: the version that the file was compared with; None where there was no champion.

    Raises:
        Refused: the registry does not take the name.
        StoreFailed: the store does not answer, the file cannot be served, or another version has
            become champion since.
    """
    client = store.connection
    with store.lock(), tempfile.TemporaryDirectory() as folder:
        model = find_named(client, name)
        versions = model.aliases.items() if model else ()
        aliases = {alias: str(number) for alias, number in versions}
        champion, previous = aliases.get(CHAMPION), aliases.get(PREVIOUS)
        if champion != seen:
            raise StoreFailed(f"{name}: version {champion} became champion meanwhile; try again")
        digests = {SHA256: candidate.tags[SHA256], SERVED: _served_digest()}
        same = _same(client, name, champion, digests) if champion else frozenset()
        if champion and len(same) == len(digests):
            return Promotion(champion, previous, changed=False)
        saved = _save(candidate, Path(folder))
        if not model:
            _create(client, name)
        number = _register(client, name, candidate, saved)
        # The same file with other code around it is no other champion to go back to.
        before = previous if SHA256 in same else champion or previous
        # In this order: what fails half way is done whole by the next promotion.
        if before and before != previous:
            client.set_registered_model_alias(name, PREVIOUS, before)
        client.set_registered_model_alias(name, CHAMPION, number)
    return Promotion(number, before, changed=True)


def _create(client: Connection, name: str) -> None:
    try:
        create_model(client, name)
    except StoreFailed as failure:
        raise explained(name, failure) from None


def _same(client: Connection, name: str, number: str, digests: Mapping[str, str]) -> frozenset[str]:
    """Name the digests among the tags of a version that are these."""
    tags: dict[str, str] = client.get_model_version(name, number).tags
    return frozenset(tag for tag, digest in digests.items() if tags.get(tag) == digest)


def _served_digest() -> str:
    return sha256(Path(served.__file__).read_bytes()).hexdigest()


def _register(client: Connection, name: str, candidate: Candidate, saved: Path) -> str:
    """Put the saved model under the point's run, and make a version of it."""
    client.log_artifact(candidate.point.id, str(saved), candidate.folder)
    return create_version(
        client,
        name,
        f"{candidate.point.artifacts}/{candidate.folder}/{saved.name}",
        run_id=candidate.point.id,
        tags={**candidate.tags, SERVED: _served_digest()},
        description=candidate.description,
    )


def _save(candidate: Candidate, folder: Path) -> Path:
    """Save the file as a model that MLflow loads and serves, under a name of its own.

    A version must stay what it is when the same file is promoted again, by other libraries.
    """
    saved, path = folder / uuid.uuid4().hex[:8], candidate.path
    try:
        # MLflow would take a project's lock file along from the working directory.
        with stderr_to_log(), env_override({"MLFLOW_UV_AUTO_DETECT": "false"}):
            classifier = served.Classifier(str(path))
            blank = np.zeros((1, *classifier.image_shape), np.float32)
            classifier.probabilities(blank)
            mlflow.pyfunc.save_model(
                str(saved),
                python_model=served.__file__,
                artifacts={served.FILE: str(path), **_written(candidate, folder)},
                metadata=_metadata(classifier, candidate),
                signature=_signature(classifier, served.Input(**candidate.input)),
                input_example=blank,
                pip_requirements=[f"{name}=={version(name)}" for name in _REQUIREMENTS],
            )
    except Exception as error:
        raise StoreFailed(f"{path.name}: cannot be served ({one_line(error)})") from error
    return saved


def _metadata(classifier: served.Classifier, candidate: Candidate) -> dict[str, Any]:
    """Return what the model says of itself: the shape of an image, its range, the classes."""
    classes = {"classes": [*candidate.classes]} if candidate.classes else {}
    return {"image_shape": [*classifier.image_shape], "input": dict(candidate.input), **classes}


def _written(candidate: Candidate, folder: Path) -> dict[str, str]:
    """Write what goes along: how pixels come to what it takes, and the names of its classes."""
    taken, labels = folder / "input.json", folder / "labels.txt"
    taken.write_text(json.dumps(dict(candidate.input)), encoding="utf-8")
    labels.write_text("".join(f"{name}\n" for name in candidate.classes), encoding="utf-8")
    named = {"labels": str(labels)} if candidate.classes else {}
    return {served.INPUT: str(taken), **named}


def _signature(classifier: served.Classifier, taken: served.Input) -> ModelSignature:
    """Describe what is given, and by a parameter in which range the numbers are taken.

    MLflow would take one type of numbers only: whole pixels, or scaled ones.
    """
    given = TensorSpec(np.dtype(np.float32), (-1, classifier.classes))
    scale = ParamSpec("scale", "string", taken.range)
    return ModelSignature(outputs=Schema([given]), params=ParamSchema([scale]))
