import pytest

from runner.planning.fingerprint import baseline_signature, fingerprint, measuring_digest
from tests.helpers.project import Configure

BASELINE = ["seed=1", "baseline.epochs=4", "architecture=mnist_cnn", "threads=2"]
POINT = [
    "schedule.final_sparsity=0.9",
    "schedule.end=0.5",
    "export.targets=[h5]",
    "export.batch=null",
    "dataset.scale_in_file=true",
]
NEITHER = [
    "cache.folder=elsewhere",
    "tracking.experiment=other",
    "tracking.uri=sqlite:////x.db",
    "report.max_drop=0.5",
    "measure.latency=true",
    "measure.command='true {file}'",
    "device=microcontroller",
    "device.flash=64K",
    "devices=[phone,ethos_u55_128]",
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


@pytest.mark.parametrize("override", ["export.batch=null", "export.batch=8"])
def test_files_of_another_batch_have_other_baseline_figures(
    settings: Configure, override: str
) -> None:
    assert measuring_digest(settings(override)) != measuring_digest(settings())
    h5 = "export.targets=[h5]"
    assert fingerprint(settings(h5, override), "d") == fingerprint(settings(h5), "d")


@pytest.mark.parametrize("override", ["schedule.epochs=9", "export.targets=[h5]", "seed=2"])
def test_other_settings_leave_the_figures_of_a_baseline(settings: Configure, override: str) -> None:
    assert measuring_digest(settings(override)) == measuring_digest(settings())


def test_figures_of_files_that_scale_are_others(settings: Configure) -> None:
    scaling = settings("dataset.scale_in_file=true")
    assert measuring_digest(scaling) != measuring_digest(settings())
