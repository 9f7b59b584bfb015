"""What belongs to a sweep as a whole is no axis of it."""

import pytest
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.utils import create_config_search_path
from hydra.core.plugins import Plugins
from hydra.core.utils import setup_globals
from hydra.types import RunMode
from omegaconf import DictConfig

from runner.errors import Refused
from runner.planning import grid
from runner.planning.candidates import expand
from runner.settings.paths import CONF, register

DEVICES = r"devices=\[phone,microcontroller\]"

Composer = tuple[ConfigLoaderImpl, DictConfig]


@pytest.fixture(scope="module")
def composer() -> Composer:
    """What composes the points of a sweep."""
    register()
    setup_globals()
    Plugins.instance()
    loader = ConfigLoaderImpl(create_config_search_path(str(CONF)))
    return loader, loader.load_configuration("config", [], RunMode.MULTIRUN)


@pytest.mark.parametrize(
    ("axis", "values", "line"),
    [
        ("device", "phone,microcontroller", f"^device: takes one value .* in brackets.*{DEVICES}"),
        ("device.flash", "64K,128K", r"^device: takes one .*runner\.best latest --flash"),
        ("device.own", "{ms: 1},{ms: 2}", "^device: takes one value for a whole sweep"),
        ("devices", "phone,microcontroller", "^devices=phone: must be a list in brackets"),
        ("devices", "[phone],[microcontroller]", f"^devices: takes one value .*{DEVICES}"),
        ("measure.latency", "true,false", "^measure: takes one value for a whole sweep"),
    ],
)
def test_a_setting_of_the_whole_sweep_takes_one_value(
    axis: str, values: str, line: str, composer: Composer
) -> None:
    loader, config = composer
    with pytest.raises(Refused, match=line):
        grid.check(expand({axis: values}, [], [], loader), loader, config)


def test_single_points_may_not_differ_in_it_either(composer: Composer) -> None:
    loader, config = composer
    singles = [{"device": "phone"}, {"device": "microcontroller"}]
    with pytest.raises(Refused, match=DEVICES):
        grid.check(expand({}, singles, [], loader), loader, config)
