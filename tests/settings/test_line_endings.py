"""Files of settings may have the line endings of Windows, begin with a mark, or hold nothing."""

from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from runner.models.class_names import class_names
from runner.nightly.settings import read
from runner.settings import ArchitectureSettings
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
    (sweep / "empty.yaml").write_bytes(b"")
    found = f"hydra.searchpath=[file://{tmp_path}]"
    shipped = _composed("+sweep=smoke")
    for form in _FORMS:
        (sweep / f"{form}.yaml").write_bytes(_written(SWEEPS / "sweep" / "smoke.yaml", form))
        assert _composed(f"+sweep={form}", found) == shipped
    assert _composed("+sweep=empty", found) == _composed()


@pytest.mark.parametrize("form", _FORMS)
def test_names_of_classes_are_the_same_however_the_lines_end(form: str, tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("cat\ndog\n")
    (tmp_path / "labels.txt").write_bytes(_written(tmp_path / "plain.txt", form))
    settings = {"name": "keras_file", "path": "any.h5", "labels": tmp_path / "labels.txt"}
    assert class_names(ArchitectureSettings.model_validate(settings)) == ("cat", "dog")


def _composed(*overrides: str) -> object:
    register()
    with initialize_config_dir(version_base="1.3", config_dir=str(CONF)):
        config = compose("config", list(overrides), return_hydra_config=True)
    values = OmegaConf.masked_copy(config, [*(set(config) - {"hydra"})])
    return OmegaConf.to_container(values), config.hydra.sweeper.params


def _written(path: Path, form: str) -> bytes:
    mark, end = _FORMS[form]
    return mark + path.read_bytes().replace(b"\n", end)
