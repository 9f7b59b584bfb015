"""Make a registered model and a version of it once, also where an answer is lost on the way."""

import secrets
from collections.abc import Mapping

from mlflow.entities.model_registry import RegisteredModel

from runner.tracking.connection import Connection, StoreFailed
from runner.tracking.tags import ATTEMPT

_THERE = "RESOURCE_ALREADY_EXISTS"


def find_model(client: Connection, name: str) -> RegisteredModel | None:
    """Return a registered model; None where there is none of that name.

    Raises:
        StoreFailed: the store does not answer, or does not take the name.
    """
    try:
        return client.get_registered_model(name)
    except StoreFailed as failure:
        if failure.code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise


def create_model(client: Connection, name: str) -> None:
    """Create a registered model; one that is there by now was made by a lost request.

    Raises:
        StoreFailed: the store does not answer, or does not take the name.
    """
    try:
        client.create_registered_model(name)
    except StoreFailed as failure:
        if failure.code != _THERE or find_model(client, name) is None:
            raise


def create_version(  # noqa: PLR0913
    client: Connection,
    name: str,
    source: str,
    *,
    run_id: str,
    tags: Mapping[str, str],
    description: str,
) -> str:
    """Create a version of a registered model, and return its number.

    Raises:
        StoreFailed: the store does not answer.
    """
    attempt = secrets.token_hex(8)
    marked = {**tags, ATTEMPT: attempt}
    try:
        client.create_model_version(
            name, source, run_id=run_id, tags=marked, description=description
        )
    except StoreFailed:
        if not _made(client, attempt):
            raise
    first, *others = _made(client, attempt)
    for number in others:
        client.delete_model_version(name, str(number))
    return str(first)


def _made(client: Connection, attempt: str) -> list[int]:
    """Return the numbers of the versions that one call has made, in their order."""
    mine = f"tags.`{ATTEMPT}` = '{attempt}'"
    versions = client.all_pages("search_model_versions", filter_string=mine)
    return sorted(int(version.version) for version in versions)
