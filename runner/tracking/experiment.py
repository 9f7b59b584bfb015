"""Find or create the experiment of a store that runs belong to."""

from pathlib import Path
from urllib.parse import quote

from mlflow.entities import LifecycleStage

from runner.errors import Refused
from runner.settings.store_uri import SQLITE
from runner.tracking.connection import Connection


def experiment_id(client: Connection, uri: str, name: str, create: bool) -> str:
    """Return the id of the experiment, which is created if it may be.

    Raises:
        Refused: there is none and it must not be created, or it was deleted.
        StoreFailed: the store does not answer.
    """
    experiment = client.get_experiment_by_name(name)
    if experiment is None and create:
        return str(client.create_experiment(name, _artifacts(uri, name)))
    if experiment is None:
        known = ", ".join(other.name for other in client.search_experiments())
        raise Refused(f"experiment={name}: must be an experiment of the store: {known}")
    if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
        raise Refused(
            f"tracking.experiment={name}: was deleted; choose another name, or restore it: "
            f"mlflow experiments restore --experiment-id {experiment.experiment_id}"
        )
    return str(experiment.experiment_id)


def require_database(uri: str) -> None:
    """Refuse a database file that is not there: to connect would create an empty one.

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
