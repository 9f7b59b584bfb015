import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import ways
from tests.helpers.narrow_sweep import POINTS, narrow_sweep


def test_a_section_holds_a_table_for_each_network_and_what_follows_pruning(
    store_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    weights, both = POINTS[2], POINTS[6]
    of = (
        (weights, {"architecture.name": "lenet5"}),
        (both, {"architecture.name": "lenet5", "compress.name": "qat"}),
        (both, {"architecture.name": "mnist_cnn"}),
    )
    narrow_sweep(store_folder, [replace(each, others=others) for each, others in of])
    monkeypatch.chdir(store_folder)
    monkeypatch.setattr(sys, "argv", ["ways", "latest"])
    with pytest.raises(SystemExit) as left:
        ways.main()
    assert left.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "## Channels, weights, or both",
        "### lenet5 on npz, compress=qat",
        "### mnist_cnn on npz",
    ]
    told = "1 point, 1 seed; the smallest tflite_int8 file of each way within 1 point of the"
    assert sum(told in line for line in lines) == 2
