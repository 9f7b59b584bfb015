import re
import sys
from pathlib import Path

import pytest

from benchmarks import results_page
from tests.helpers.stores import runs_in


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
