"""Files of settings may have the line endings of Windows, begin with a mark, or hold nothing."""

from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from runner.nightly.settings import read
from runner.settings.paths import CONF, SWEEPS, register

_MARK = b"\xef\xbb\xbf"
_FORMS = {"crlf": (b"", b"\r\n"), "mark": (_MARK, b"\n"), "both": (_MARK, b"\r\n")}


@pytest.mark.parametrize("form", _FORMS)
def test_a_file_of_a_night_says_the_same_however_its_lines_end(form: str, tmp_path: Path) -> None:
    (tmp_path / "night.yaml").write_bytes(_written(CONF / "nightly.yaml", form))
    assert read(tmp_path / "night.yaml") == read()


@pytest.mark.parametrize("content", [b"", b"\r\n", b"# nothing\r\n", b"---\n"])
def test_an_empty_file_of_a_night_is_the_default(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "night.yaml").write_bytes(content)
    assert read(tmp_path / "night.yaml") == read()


def test_a_sweep_says_the_same_however_its_lines_end(tmp_path: Path) -> None:
    sweep = tmp_path / "sweep"
    sweep.mkdir()
    (sweep / "own.yaml").write_bytes(_written(SWEEPS / "sweep" / "smoke.yaml", "crlf"))
    (sweep / "empty.yaml").write_bytes(b"")
    shipped = _composed("+sweep=smoke")
    assert _composed("+sweep=own", f"hydra.searchpath=[file://{tmp_path}]") == shipped
    assert _composed("+sweep=empty", f"hydra.searchpath=[file://{tmp_path}]") == _composed()


def _composed(*overrides: str) -> object:
    register()
    with initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
        config = compose("config", list(overrides), return_hydra_config=True)
    values = OmegaConf.masked_copy(config, [*(set(config) - {"hydra"})])
    return OmegaConf.to_container(values), config.hydra.sweeper.params


def _written(path: Path, form: str) -> bytes:
    mark, end = _FORMS[form]
    return mark + path.read_bytes().replace(b"\n", end)
