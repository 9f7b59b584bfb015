"""Find which version of a registered model is its champion, and which file that is."""

from dataclasses import dataclass

from mlflow.entities.model_registry import RegisteredModel

from runner.errors import Refused
from runner.settings.secret_text import without_secrets
from runner.tracking.connection import Connection, StoreFailed
from runner.tracking.store import Store
from runner.tracking.tags import SHA256, TARGET
from runner.tracking.versions import find_model

CHAMPION = "champion"

# The codes for a name that the registry does not take, and for one that a prompt has.
_NAME_REFUSED = ("INVALID_PARAMETER_VALUE", "RESOURCE_ALREADY_EXISTS")


@dataclass(frozen=True)
class Champion:
    """A version that has the alias; what is empty is not known of it.

    Attributes:
        version: its number.
        run_id: the run of the point that its file is of.
        target: the kind of its file.
        sha256: of its file, in hexadecimal.
    """

    version: str
    run_id: str
    target: str
    sha256: str


def find_champion(store: Store, name: str) -> Champion | None:
    """Return the champion of a registered model; None where there is none yet.

    Raises:
        Refused: the registry does not take the name.
        StoreFailed: the store does not answer.
    """
    model = find_named(store.connection, name)
    number = model.aliases.get(CHAMPION) if model else None
    if number is None:
        return None
    version = store.connection.get_model_version(name, str(number))
    tags = version.tags
    return Champion(str(number), version.run_id or "", tags.get(TARGET, ""), tags.get(SHA256, ""))


def find_named(client: Connection, name: str) -> RegisteredModel | None:
    """Return a registered model; None where there is none of that name.

    Raises:
        Refused: the registry does not take the name.
        StoreFailed: the store does not answer.
    """
    try:
        return find_model(client, name)
    except StoreFailed as failure:
        raise explained(name, failure) from None


def explained(name: str, failure: StoreFailed) -> Exception:
    """Tell a name that the registry does not take from a registry that fails."""
    if failure.code not in _NAME_REFUSED:
        return failure
    reason = without_secrets(" ".join(str(failure.__cause__).split()))
    return Refused(f"--name={name}: {reason}")
