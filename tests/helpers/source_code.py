"""Read the project's source files as syntax trees: what they import, and how long they are."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.helpers.project import PROJECT


def files(folder: str) -> list[Path]:
    """List a folder's Python files, subfolders too, relative to the project."""
    found = sorted((PROJECT / folder).rglob("*.py"))
    return [path.relative_to(PROJECT) for path in found]


def tree(path: Path) -> ast.Module:
    """Parse a file of the project."""
    return ast.parse((PROJECT / path).read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    """Name the module that a file is."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Name what a file imports, and in which line: late imports and those for types, too.

    `from package import name` counts as package.name, which may be a module or what is in one.
    """
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: a relative import"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
