import os
from pathlib import Path

import pytest
from hydra._internal.utils import create_automatic_config_search_path
from hydra.core.utils import setup_globals
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from runner.cli.masking_loader import MaskingLoader
from runner.errors import Refused
from runner.settings.paths import CONF, register
from runner.settings.secret_text import VARIABLE

LONG = "http://me:S3cr3t@host/x"
SHOWN = "http://me:***@host/x"


def compose(tmp_path: Path, text: str, *typed: str) -> DictConfig:
    """Compose a user's own file, and what is typed beside it."""
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep" / "mine.yaml").write_text(f"# @package _global_\n{text}")
    register()
    setup_globals()
    path = create_automatic_config_search_path(None, None, str(CONF))
    path.prepend("mine", f"file://{tmp_path}")
    return MaskingLoader(path).load_configuration(
        "config", ["+sweep=mine", *typed], RunMode.MULTIRUN
    )


@pytest.fixture
def composed(tmp_path: Path) -> DictConfig:
    """What is composed of a user's own file, which names a store, and much else."""
    return compose(
        tmp_path,
        f"""
tracking:
  uri: {LONG}
  experiment: "{{a: 1}}"
hydra:
  job:
    env_set:
      HTTPS_PROXY: http://me:other@proxy
      {VARIABLE}: {LONG}
  sweeper:
    params:
      tracking.uri: "'{LONG}'"
      schedule.layer_sparsity: "{{conv_*: 0.5}},{{conv_*: 0.6}}"
    points:
      - tracking.uri: {LONG}
        schedule.layer_sparsity: "{{conv_*: 0.5}}"
        export.targets: "[h5]"
""",
    )


def test_a_file_that_names_the_store_is_composed_without_its_secret(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv(VARIABLE, "http://other")
    config = request.getfixturevalue("composed")
    assert os.environ[VARIABLE] == LONG
    assert "S3cr3t" not in OmegaConf.to_yaml(config)
    assert config.tracking.uri == SHOWN
    sweeper = config.hydra.sweeper
    assert sweeper.params["tracking.uri"] == f"'{SHOWN}'"
    assert sweeper.points[0]["tracking.uri"] == SHOWN
    # All else is as it was written.
    assert config.tracking.experiment == "{a: 1}"
    assert sweeper.params["schedule.layer_sparsity"] == "{conv_*: 0.5},{conv_*: 0.6}"
    assert sweeper.points[0]["schedule.layer_sparsity"] == "{conv_*: 0.5}"
    assert sweeper.points[0]["export.targets"] == "[h5]"
    assert dict(config.hydra.job.env_set) == {"HTTPS_PROXY": "http://me:other@proxy"}


@pytest.mark.parametrize(
    "text",
    [
        "tracking: {uri: '%s'}",
        "hydra: {sweeper: {params: {tracking.uri: '%s'}}}",
        "hydra: {sweeper: {points: [{tracking.uri: '%s'}]}}",
        f"hydra: {{job: {{env_set: {{{VARIABLE}: '%s'}}}}}}",
    ],
)
def test_a_file_with_a_secret_beside_an_interpolation_is_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "http://other")
    with pytest.raises(Refused, match=rf"; put the whole address into {VARIABLE}$") as no:
        compose(tmp_path, text % "http://${oc.env:NOSUCH,user}:S3cr3t@host:9")
    assert "S3cr3t" not in str(no.value)
    assert os.environ[VARIABLE] == "http://other"


def test_a_file_whose_secrets_are_interpolations_stays_as_it_is(tmp_path: Path) -> None:
    address = "http://me:${oc.env:WORD}@host"
    config = compose(tmp_path, f"tracking: {{uri: '{address}'}}")
    assert OmegaConf.to_container(config.tracking)["uri"] == address  # type: ignore[call-overload,index]


@pytest.mark.parametrize(
    ("text", "typed", "name"),
    [
        ("", ["+hydra.job.env_set.MLFLOW_TRACKING_PASSWORD=S3cr3t"], "MLFLOW_TRACKING_PASSWORD"),
        ("", ["+hydra.job.env_set={MLFLOW_TRACKING_TOKEN: S3cr3t}"], "MLFLOW_TRACKING_TOKEN"),
        ("", ["++hydra.job.env_set.AWS_SECRET_ACCESS_KEY=S3cr3t"], "AWS_SECRET_ACCESS_KEY"),
        ("", ["+hydra.job.env_set.hf_token='${oc.env:NOSUCH,S3cr3t}'"], "hf_token"),
        ("", ["+hydra.job.env_set.MLFLOW_TRACKING_PASSWORD=123"], "MLFLOW_TRACKING_PASSWORD"),
        ("hydra: {job: {env_set: {DATABRICKS_TOKEN: S3cr3t}}}", [], "DATABRICKS_TOKEN"),
    ],
)
def test_a_secret_variable_belongs_into_the_environment(
    text: str, typed: list[str], name: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=rf"^hydra\.job\.env_set\.{name}=\*\*\*: [^\n]*$") as no:
        compose(tmp_path, text, *typed)
    assert "belongs into the environment" in str(no.value)
    assert "S3cr3t" not in str(no.value)


def test_other_variables_may_be_set(tmp_path: Path) -> None:
    values = {
        "MLFLOW_TRACKING_USERNAME": "me",
        "MLFLOW_TRACKING_PASSWORD": "${oc.env:WORD}",
        "MLFLOW_TRACKING_TOKEN": "",
        "TOKENIZERS_PARALLELISM": "false",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    config = compose(tmp_path, OmegaConf.to_yaml({"hydra": {"job": {"env_set": values}}}))
    assert OmegaConf.to_container(config.hydra.job.env_set) == values
