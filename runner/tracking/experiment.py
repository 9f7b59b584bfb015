"""A store and an experiment's name go in; the experiment's id comes out."""

from pathlib import Path
from urllib.parse import quote

from mlflow.entities import LifecycleStage

from runner.errors import Refused
from runner.settings.store_uri import SQLITE
from runner.tracking.connection import Connection


def experiment_id(client: Connection, uri: str, name: str, make: bool) -> str:
    """Find the experiment, or make it if it may be made.

    Raises:
        Refused: there is none and it must not be made, or it was deleted.
    """
    found = client.get_experiment_by_name(name)
    if found is None and make:
        return str(client.create_experiment(name, _artifacts(uri, name)))
    if found is None:
        known = ", ".join(each.name for each in client.search_experiments())
        raise Refused(f"experiment={name}: must be an experiment of the store: {known}")
    if found.lifecycle_stage != LifecycleStage.ACTIVE:
        raise Refused(
            f"tracking.experiment={name}: was deleted; choose another name, or restore it: "
            f"mlflow experiments restore --experiment-id {found.experiment_id}"
        )
    return str(found.experiment_id)


def require_database(uri: str) -> None:
    """Refuse a database file that is not there: to connect would make an empty one.

    Raises:
        Refused: there is no such file.
    """
    if uri.startswith(SQLITE) and not Path(uri.removeprefix(SQLITE)).is_file():
        raise Refused(
            f"tracking-uri={uri}: must be a store that sweeps were logged to; there is no such file"
        )


def _artifacts(uri: str, experiment: str) -> str | None:
    """Keep files beside the database they belong to; None leaves the place to the server.

    MLflow's own default is a folder in whatever directory the experiment is first used from.
    """
    if not uri.startswith(SQLITE):
        return None
    folder = Path(uri.removeprefix(SQLITE)).parent / "mlruns" / quote(experiment, safe="")
    return folder.as_uri()
