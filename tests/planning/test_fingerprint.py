import pytest

from runner.planning.fingerprint import baseline_signature, fingerprint
from tests.helpers.project import Configure

BASELINE = ["seed=1", "baseline.epochs=4", "architecture=mnist_cnn", "threads=2"]
POINT = [
    "schedule.final_sparsity=0.9",
    "schedule.end=0.5",
    "export.targets=[h5]",
    "measure.latency=true",
]
NEITHER = [
    "cache.folder=elsewhere",
    "tracking.experiment=other",
    "tracking.uri=sqlite:////x.db",
    "report.max_drop=0.5",
    "sweep.run_id=abc",
]


@pytest.mark.parametrize("override", BASELINE)
def test_what_changes_the_baseline_changes_both(settings: Configure, override: str) -> None:
    assert baseline_signature(settings(override), "d") != baseline_signature(settings(), "d")
    assert fingerprint(settings(override), "d") != fingerprint(settings(), "d")


@pytest.mark.parametrize("override", POINT)
def test_what_changes_the_point_leaves_the_baseline(settings: Configure, override: str) -> None:
    assert baseline_signature(settings(override), "d") == baseline_signature(settings(), "d")
    assert fingerprint(settings(override), "d") != fingerprint(settings(), "d")


@pytest.mark.parametrize("override", NEITHER)
def test_what_changes_no_result_changes_nothing(settings: Configure, override: str) -> None:
    assert fingerprint(settings(override), "d") == fingerprint(settings(), "d")


def test_other_data_is_another_baseline(settings: Configure) -> None:
    assert baseline_signature(settings(), "d") != baseline_signature(settings(), "e")
