"""List the files with the code of a user's module, without importing it."""

import ast
import importlib.util
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from runner.files.regular_file import UnfitFile, read_bytes
from runner.models.errors import Unfit

# The folders of Python and of installed packages: other modules there are no part of the user's.
_INSTALLED = {Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib")}


def source_files(module: str) -> tuple[list[Path], Path]:
    """List the files that a module is made of.

    They are its file or all files of its top-level package, and those of the modules that they
    import from the same folder.

    Args:
        module: dotted name, as in an import.

    Returns:
        The files in the order of their paths, and the folder that they lie below.

    Raises:
        Unfit: there is no such module, or its syntax is wrong.
    """
    top, *inner = module.split(".")
    # To find a module that is in no package, Python imports nothing.
    spec = importlib.util.find_spec(top)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if spec is None or not (places or str(spec.origin).endswith(".py")):
        raise Unfit(f"no module {top} in the working folder or among Python's packages")
    starts = [Path(place) for place in places] or [Path(str(spec.origin))]
    own = [file for start in starts for file in _module_at(start.joinpath(*inner))]
    if not own:
        raise Unfit(f"no module {module}: {top} is {starts[0]}")
    for file in own:
        _refuse_bad_syntax(file)
    return sorted(_with_local_imports(starts)), starts[0].parent


def is_installed(folder: Path) -> bool:
    """Tell whether packages are installed into a folder, which is no part of the user's work."""
    return folder in _INSTALLED


def code(file: Path) -> bytes:
    """Read a file of code.

    Raises:
        Unfit: it is no regular file, or a very large one.
    """
    try:
        return read_bytes(file)
    except UnfitFile as reason:
        raise Unfit(f"{file} {reason}") from None


def _module_at(path: Path) -> list[Path]:
    """Find the file of a module, or of a package, given where it is without its ending."""
    if path.is_dir():
        return [path / "__init__.py"] if (path / "__init__.py").is_file() else [path]
    return [file for file in (path, path.with_suffix(".py")) if file.is_file()]


def _refuse_bad_syntax(file: Path) -> None:
    if file.is_file():
        try:
            ast.parse(code(file))
        except (SyntaxError, ValueError) as error:
            where = f" line {error.lineno}" if isinstance(error, SyntaxError) else ""
            raise Unfit(f"{file}{where}: {getattr(error, 'msg', error)}") from None


def _with_local_imports(starts: list[Path]) -> set[Path]:
    files: set[Path] = set()
    pending = list(starts)
    while pending:
        start = pending.pop()
        for file in set(start.rglob("*.py") if start.is_dir() else [start]) - files:
            files.add(file)
            if start.parent not in _INSTALLED:
                pending += [
                    path
                    for name in _imported_names(file)
                    for path in _local_module(start.parent, name)
                ]
    return files


def _local_module(folder: Path, name: str) -> list[Path]:
    return [path for path in (folder / name, folder / f"{name}.py") if path.exists()]


def _imported_names(file: Path) -> Iterator[str]:
    """Yield the top-level names that a file imports; a relative import stays in its package."""
    try:
        tree = ast.parse(code(file))
    except (SyntaxError, ValueError):
        # It may well never be imported itself.
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
