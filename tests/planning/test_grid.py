"""What belongs to a sweep as a whole is no axis of it, and what no point can have is refused."""

from pathlib import Path

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
from tests.helpers.tiny import write_npz

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
        ("devices", "phone,microcontroller", "^devices=phone: must be a list .*" + DEVICES),
        ("devices", "[phone],[microcontroller]", f"^devices: takes one value .*{DEVICES}"),
        ("measure.latency", "true,false", "^measure: takes one value for a whole sweep"),
    ],
)
def test_a_setting_of_the_whole_sweep_takes_one_value(
    axis: str, values: str, line: str, composer: Composer
) -> None:
    loader, config = composer
    # Without one there is no budget on its numbers.
    params = {"measure.command": "'time {file}'", axis: values}
    with pytest.raises(Refused, match=line):
        grid.check(expand(params, [], [], loader), loader, config)


def test_single_points_may_not_differ_in_it_either(composer: Composer) -> None:
    loader, config = composer
    singles = [{"device": "phone"}, {"device": "microcontroller"}]
    with pytest.raises(Refused, match=DEVICES):
        grid.check(expand({}, singles, [], loader), loader, config)


def test_points_without_any_of_their_files_are_left_out(composer: Composer, tmp_path: Path) -> None:
    loader, config = composer
    axes = {
        "export.targets": "[tflm_lut_int8]",
        "compress": "none,cluster",
        **_tiny(tmp_path),
    }
    found = grid.check(expand(axes, [], [], loader), loader, config)
    assert [point.settings.compress.name for point in found.points] == ["cluster"]
    why = r"export.targets=[tflm_lut_int8]: needs clustered weights: compress=cluster or"
    assert [why in line for line in found.skipped] == [True]
    axes["compress"] = "none"
    with pytest.raises(Refused, match=r"no point of the sweep is possible.* needs clustered"):
        grid.check(expand(axes, [], [], loader), loader, config)


def test_a_point_that_another_makes_needless_is_named_in_full(
    composer: Composer, tmp_path: Path
) -> None:
    loader, config = composer
    axes = {"channels.share": "choice(0)", "channels.start": "kept,fresh", **_tiny(tmp_path)}
    found = grid.check(expand(axes, [], [], loader), loader, config)
    assert [point.name for point in found.points] == ["cut=0"]
    assert found.skipped == ("cut=0 fresh: the same point as cut=0",)


def _tiny(folder: Path) -> dict[str, str]:
    """The settings of a small network on tiny images."""
    return {
        "architecture": "lenet_300_100",
        "dataset": "npz",
        "dataset.path": str(write_npz(folder / "tiny.npz")),
        "cache.folder": str(folder / "cache"),
    }
