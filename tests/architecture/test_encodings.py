"""Texts are UTF-8 whatever the locale says: each opening of a text states its encoding."""

import ast
from pathlib import Path

import pytest

from tests.helpers.source_code import files, tree

# Texts of a process, too; these take streams of bytes unless one of the keywords is there.
_PROCESSES, _OF_TEXT = {"Popen", "run", "check_output", "check_call", "call"}, {"text", "errors"}
_TEMPORARY = {"NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"}
# Where the encoding may stand without its name: `read_text("utf-8")`, `write_text(text, "utf-8")`.
_PLACES = {"read_text": 0, "write_text": 1}


@pytest.mark.parametrize("folder", ["runner", "benchmarks"])
def test_texts_state_their_encoding(folder: str) -> None:
    assert [line for path in files(folder) for line in unstated(path)] == []


def test_the_rule_knows_what_opens_a_text(tmp_path: Path) -> None:
    texts = [
        "path.open()",
        "path.open('w')",
        "open(path, 'a')",
        "os.fdopen(1, 'w')",
        "path.read_text()",
        "path.write_text(text)",
        "subprocess.run(['git'], text=True)",
        "tempfile.NamedTemporaryFile('w')",
        "logging.FileHandler(path)",
    ]
    fine = [
        "path.open('rb')",
        "archive.open(member)",
        "os.open(path, os.O_RDONLY)",
        "path.open('w', encoding='utf-8')",
        "path.read_text('utf-8')",
        "read_text(path)",
        "subprocess.run(['git'])",
        "subprocess.run(['git'], text=True, encoding='utf-8')",
        "tempfile.TemporaryFile()",
    ]
    file = tmp_path / "file.py"
    file.write_text("\n".join([*texts, *fine]), encoding="utf-8")
    assert [line.rpartition(":")[2] for line in unstated(file)] == [
        str(number) for number in range(1, len(texts) + 1)
    ]


def unstated(path: Path) -> list[str]:
    """List the calls of a file that open a text, and leave its encoding to the locale."""
    calls = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return sorted(f"{path}:{call.lineno}" for call in calls if _opens_a_text(call))


def _opens_a_text(call: ast.Call) -> bool:
    keywords = {keyword.arg for keyword in call.keywords}
    is_method = isinstance(call.func, ast.Attribute)
    name = ast.unparse(call.func).rpartition(".")[2]
    if "encoding" in keywords:
        opens = False
    elif name in _PLACES:
        opens = is_method and len(call.args) <= _PLACES[name]
    elif name in _PROCESSES:
        opens = bool(keywords & _OF_TEXT)
    elif name in _TEMPORARY:
        opens = _is_text(_mode(call, 0), default=False)
    elif name in ("open", "fdopen"):
        # Of an archive, what is opened has a name there, not a mode.
        opens = _is_text(_mode(call, 0 if is_method and name == "open" else 1), default=True)
    else:
        opens = name == "FileHandler"
    return opens


def _mode(call: ast.Call, place: int) -> ast.expr | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    return next(iter([*call.args[place:], *named]), None)


def _is_text(mode: ast.expr | None, default: bool) -> bool:
    if mode is None:
        return default
    value = mode.value if isinstance(mode, ast.Constant) else "b"
    return isinstance(value, str) and set(value) <= set("rwxat+")
