"""Failures of Hydra's whose text names no setting are told with it, and with what it takes."""

import logging.config
import re

import pytest
from hydra._internal.utils import create_automatic_config_search_path
from hydra.core.plugins import Plugins
from hydra.core.utils import configure_log, setup_globals
from hydra.types import RunMode
from omegaconf import OmegaConf

from runner.cli.failure import reason
from runner.cli.masking_loader import MaskingLoader
from runner.settings.paths import CONF, register


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("hydra.job_logging=nosuch", "must be settings in braces; .* hydra/job_logging=NAME"),
        ("hydra.hydra_logging=disabled", "must be settings in braces; .* hydra/hydra_logging=NAME"),
        ("hydra.mode=foo", "Invalid value 'foo', expected one of .*MULTIRUN.*"),
        ("hydra.job.chdir=maybe", ".*'maybe'.* bool.*"),
    ],
)
def test_a_value_of_the_wrong_kind(typed: str, expected: str) -> None:
    register()
    setup_globals()
    path = create_automatic_config_search_path(None, None, str(CONF))
    with pytest.raises(Exception) as error:  # noqa: PT011 (of Hydra's, whatever it is)
        MaskingLoader(path).load_configuration("config", [typed], RunMode.RUN)
    _require(reason(error.value), f"{typed}: ", expected)


@pytest.mark.parametrize("verbose", [[1], 1, {"a": 1}, 0.5])
def test_what_is_no_name_of_a_logger(verbose: object) -> None:
    with pytest.raises((TypeError, AssertionError)) as error:
        configure_log(OmegaConf.create({"root": None}), OmegaConf.create([verbose])[0])
    _require(reason(error.value), "hydra.verbose: ", "must be true, false, or names of loggers.*")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"root": {"level": "FOO"}}, ".*root logger: Unknown level: 'FOO'.*"),
        ({"loggers": {"a": {"level": "FOO"}}}, ".*logger 'a': Unknown level: 'FOO'.*"),
    ],
)
def test_what_logs_do_not_take(settings: dict[str, object], expected: str) -> None:
    with pytest.raises(ValueError, match="Unable to configure") as error:
        logging.config.dictConfig({"version": 1, "incremental": True, **settings})
    _require(reason(error.value), "hydra.job_logging, hydra.hydra_logging: ", expected)


def test_a_launcher_that_is_a_text() -> None:
    with pytest.raises(Exception, match="_target_") as error:
        Plugins.instance()._instantiate("nosuch")  # type: ignore[arg-type]
    _require(reason(error.value), "hydra.launcher, hydra.sweeper: ", ".*hydra/launcher=joblib")


def _require(line: str, start: str, rest: str) -> None:
    assert line.startswith(start), line
    assert re.fullmatch(rest, line.removeprefix(start)), line
