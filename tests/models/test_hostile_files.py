"""Model files that hold code, read files or name what is not Keras' own: none is loaded."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.models import file_check
from runner.models.errors import Unfit
from tests.helpers.hostile.descriptions import descriptions
from tests.helpers.hostile.model_files import KERAS_2, KERAS_3, functional, layer, sequential, write
from tests.helpers.project import Command


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Hostile files of every kind, each with the marker that must not appear."""

    def make() -> Iterator[tuple[Path, Path]]:
        private = tmp_path / "private.txt"
        private.write_text("one\ntwo\n")
        marker = tmp_path / "marker"
        for version in (KERAS_2, KERAS_3):
            for ending in ("h5", "keras"):
                for name, described in descriptions(marker, private, version):
                    path = tmp_path / f"{name}_of_{version[0]}.{ending}"
                    yield write(described, path, version), marker

    return make()


def test_each_is_refused_in_one_line_without_being_loaded(
    files: Iterator[tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", None)
    accepted, lines = [], set()
    for path, marker in files:
        try:
            file_check.check(path, trust=False)
            accepted.append(path.name)
        except Unfit as reason:
            line = str(reason)
            assert line.isprintable(), path.name
            assert len(line) < 300, path.name
            lines.add(line)
        assert not marker.exists(), path.name
        path.unlink()
    assert accepted == []
    assert len(lines) > 50


@pytest.mark.parametrize("version", [KERAS_2, KERAS_3])
@pytest.mark.parametrize("ending", ["h5", "keras"])
def test_what_they_are_made_of_is_accepted_where_it_is_harmless(
    tmp_path: Path, ending: str, version: str
) -> None:
    path = tmp_path / f"model.{ending}"
    file_check.check(write(sequential(version=version), path, version), trust=False)
    each = layer("TimeDistributed", name="each", layer=layer("Dense", name="in", units=2))
    inner = sequential(each, version=version)
    file_check.check(write(sequential(inner, version=version), path, version), trust=False)
    if version == KERAS_2:
        relu = layer("TFOpLambda", "keras.src.layers.core.tf_op_layer", name="relu")
        relu["config"]["function"] = "nn.relu"
        model = functional(relu, [["image", 0, 0, {}]])
        file_check.check(write(model, path, version), trust=False)


def test_a_trusted_file_may_hold_code_but_no_foreign_class(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    for kind in ("Lambda", "StringLookup", "ResidualWrapper", "TextVectorization"):
        file_check.check(write(sequential(layer(kind, name="own")), path), trust=True)
    for foreign in (layer("Popen", "os", name="own"), layer("Mine", "mine", name="own")):
        with pytest.raises(Unfit, match="is no part of Keras"):
            file_check.check(write(sequential(foreign), path), trust=True)


def test_names_in_a_file_are_printed_in_one_line(tmp_path: Path) -> None:
    for name in ("a\nb\x1b[31m", "\u202ereversed", "long" * 1000):
        path = write(sequential(layer("Lambda", name=name)), tmp_path / "model.h5")
        with pytest.raises(Unfit) as refused:
            file_check.check(path, trust=False)
        assert str(refused.value).isprintable()
        assert len(str(refused.value)) < 300


def test_a_saved_model_is_refused_without_reading_what_is_in_it(tmp_path: Path) -> None:
    for name in ("saved_model.pb", "keras_metadata.pb"):
        (tmp_path / name).write_bytes(b"\xff" * 20)
    with pytest.raises(Unfit, match="is a SavedModel, a program that runs when it is loaded: save"):
        file_check.check(tmp_path, trust=False)
    with pytest.raises(Unfit, match="cannot be read"):
        file_check.check(tmp_path, trust=True)


_THROUGH_THE_COMMAND = [
    *("lambda_of_2.h5", "lambda_object_of_2.keras", "lambda_in_ResidualWrapper_of_2.h5"),
    *("lambda_as_initializer_of_2.h5", "os_function_of_2.keras", "string_lookup_of_2.h5"),
    *("write_file_of_2.h5", "registered_as_of_2.keras", "very_deep_of_2.keras"),
    *("top_is_a_number_of_2.keras", "lambda_of_3.h5", "saved_model_of_3.keras"),
]


@pytest.mark.long
def test_the_command_refuses_them_before_tensorflow_is_imported(
    files: Iterator[tuple[Path, Path]], command: Command
) -> None:
    refused = []
    for path, marker in files:
        if path.name in _THROUGH_THE_COMMAND:
            done = command("architecture=keras_file", f"architecture.path={path}")
            assert done.returncode == 2, done.stderr
            (line,) = done.stderr.splitlines()
            assert f"architecture.path={path}: " in line
            assert not marker.exists()
            refused.append(path.name)
    assert sorted(refused) == sorted(_THROUGH_THE_COMMAND)
