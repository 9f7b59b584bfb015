import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import results_page
from tests.helpers.narrow_sweep import POINTS, narrow_sweep
from tests.helpers.stores import runs_in

_LENET5 = {"architecture.name": "lenet5"}


def test_the_page_holds_every_file_of_every_point(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "results.md"
    printed = (
        "## Channels, weights, or both\n\nAs it was printed.\n\n"
        "## How often a choice keeps its limit\n\nAs it was, too.\n"
    )
    page.write_text(f"# Old\n\n{printed}", encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["results_page", "latest", "--output", str(page)])
    with pytest.raises(SystemExit) as left:
        results_page.main()
    assert left.value.code == 0
    text = page.read_text()
    assert "## lenet_300_100 on npz" in text
    assert text.endswith(f"\n\n{printed}")
    assert "# Old" not in text
    assert "export.batch=1`)" in text
    for run in (*runs_in(folder, "point"), *runs_in(folder, "baseline")):
        for target in ("h5", "tflite_int8"):
            zipped, accuracy = (
                run.metrics[f"{name}/{target}"] for name in ("zip_bytes", "accuracy")
            )
            assert (
                f"{accuracy:.2%} · {run.metrics[f'size_bytes/{target}']:,.0f} · {zipped:,.0f}"
                in text
            )
    assert "loses, and the 95 % interval of that:" in text
    assert re.search(r"\| -?\d\.\d\d \(-?\d+\.\d\d to \d+\.\d\d\) \|", text)
    assert "validation images it drops" in text


def test_the_page_tells_how_many_channels_are_left(
    store_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights, both = POINTS[2], POINTS[6]
    narrow_sweep(store_folder, [replace(weights, others=_LENET5), replace(both, others=_LENET5)])
    monkeypatch.chdir(store_folder)
    monkeypatch.setattr(sys, "argv", ["results_page", "latest", "--output", "results.md"])
    with pytest.raises(SystemExit) as left:
        results_page.main()
    assert left.value.code == 0
    lines = Path("results.md").read_text(encoding="utf-8").splitlines()
    for begin in (
        "| channels | sparsity | compress | clusters |",
        "| 100% | 0 | baseline |",
        "| 100% | 0.800 | none |",
        "| 50% | 0.500 | none |",
    ):
        assert any(line.startswith(begin) for line in lines), begin
