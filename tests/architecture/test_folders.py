"""No folder imports one that imports it, and the root holds little."""

from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

from tests.helpers.project import PROJECT
from tests.helpers.source_code import files, imports

PACKAGES = sorted({path.parent for path in files("runner") if path.name == "__init__.py"})


def folder_graph(package: Path) -> dict[str, dict[str, str]]:
    """Which subfolders of a package import which others, with an import as the proof."""
    graph: dict[str, dict[str, str]] = defaultdict(dict)
    for path in files(str(package)):
        importer = path.relative_to(package).parts
        if len(importer) == 1:
            continue
        for name, line in imports(path):
            parts = Path(*name.split("."))
            if not parts.is_relative_to(package) or parts == package:
                continue
            imported = parts.relative_to(package).parts[0]
            if imported != importer[0] and (PROJECT / package / imported).is_dir():
                graph[importer[0]].setdefault(imported, f"{path}:{line} imports {name}")
    return graph


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_no_folder_imports_one_that_imports_it(package: Path) -> None:
    graph = folder_graph(package)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle = error.args[1]
        pairs = pairwise(cycle)
        proofs = [graph[after][before] for before, after in pairs]
        pytest.fail("\n".join(["folders import each other:", *proofs]))


def test_the_graph_holds_every_folder_that_others_use() -> None:
    graph = folder_graph(Path("runner"))
    assert "tracking" in graph["results"]
    assert "settings" in graph["tracking"]
    assert len(graph) > 10


def test_the_root_holds_only_what_is_typed_or_imported() -> None:
    assert len(list((PROJECT / "runner").glob("*.py"))) <= 8


def test_no_test_imports_another_test() -> None:
    for path in files("tests"):
        for name, line in imports(path):
            first, *others = name.split(".")
            tests = [part for part in others if part.startswith("test_") or part == "conftest"]
            assert first != "tests" or not tests, f"{path}:{line} imports {name}"
