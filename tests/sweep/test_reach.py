from pathlib import Path

import pytest

from runner.errors import Refused
from runner.planning.grid import check
from runner.sweep.launchers.hydra_launcher import HydraLauncher
from runner.sweep.reach import require_address
from runner.sweep.session import run_sweep
from tests.helpers.composing import candidates_of, sweep_of
from tests.helpers.tiny import quick


class Elsewhere(HydraLauncher):
    """A launcher whose jobs would run on other machines."""

    def __init__(self) -> None:
        """Take no launcher of Hydra's: nothing is launched."""

    def runs_elsewhere(self) -> bool:
        return True


@pytest.mark.parametrize(
    "uri",
    [
        "sqlite:////srv/mlflow.db",
        "http://localhost:5000",
        "https://127.0.0.1/team",
        "http://[::1]:5000",
        "postgresql://user:secret@localhost/runs",
        "postgresql:///runs",
        "postgresql:///runs?host=/var/run/postgresql",
    ],
)
def test_an_address_that_means_another_store_elsewhere_is_refused(uri: str) -> None:
    with pytest.raises(Refused, match=r"^tracking\.uri=\S+: points run on other") as refusal:
        require_address(uri)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "uri",
    [
        "http://store:5000",
        "https://10.77.0.1/team",
        "postgresql://user:secret@store/runs",
        "postgresql:///runs?host=store",
        "databricks",
    ],
)
def test_an_address_that_all_machines_know_is_taken(uri: str) -> None:
    require_address(uri)


def test_an_experiment_whose_files_lie_here_is_refused(npz: Path, store_folder: Path) -> None:
    store = f"tracking.uri=sqlite:///{store_folder}/mlflow.db"
    loader, config = sweep_of("schedule.final_sparsity=0.5,0.8", *quick(npz), store)
    points = check(candidates_of(loader, config), loader, config, lambda _: None).points
    with pytest.raises(Refused, match=r"^tracking\.experiment=sparsity: keeps files in .*serve"):
        run_sweep("few", points, Elsewhere(), store_folder)
