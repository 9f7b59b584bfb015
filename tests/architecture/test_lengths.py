"""Files and functions stay short."""

import ast
from pathlib import Path

from tests.helpers.project import PROJECT
from tests.helpers.source_code import files, tree

LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 200, 30


def test_no_file_is_too_long() -> None:
    lengths = {path: len((PROJECT / path).read_text().splitlines()) for path in files("runner")}
    assert {path: lines for path, lines in lengths.items() if lines > LINES_OF_A_FILE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {name: lines for path in files("runner") for name, lines in functions(path)}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_OF_A_FUNCTION} == {}


def functions(path: Path) -> list[tuple[str, int]]:
    """Name the functions of a file, and the lines that each takes, without its docstring."""
    return [
        (f"{path}:{node.lineno} {node.name}", _lines(node))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    docstring = node.body[0] if ast.get_docstring(node) is not None else None
    described = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return (node.end_lineno or 0) - node.lineno + 1 - described
