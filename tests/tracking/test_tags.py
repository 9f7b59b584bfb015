"""The names of tags, each written in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import runner
from runner.tracking import tags

FOLDER = Path(runner.__file__).parent
NAMES = {name: value for name, value in vars(tags).items() if name.isupper()}


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def test_no_two_tags_have_one_name() -> None:
    assert len(NAMES) > 20
    assert len(set(NAMES.values())) == len(NAMES)


def test_only_one_file_writes_the_names_of_tags() -> None:
    files = [path for path in FOLDER.rglob("*.py") if path != Path(tags.__file__)]
    copies = [
        f"{path.relative_to(FOLDER)}:{line}: {text}"
        for path in files
        for line, text in _texts(path)
        # In a filter of MLflow's, a name stands between backticks.
        if text in NAMES.values() or any(f"`{name}`" in text for name in NAMES.values())
    ]
    assert copies == []
