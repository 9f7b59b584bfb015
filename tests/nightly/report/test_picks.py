"""The page, the summary and the note of a night name the file to ship."""

import pytest

from runner.nightly.history.records import Night, NightSweep, Pick
from runner.nightly.judge.regression import Tolerance
from runner.nightly.judge.verdict import judge
from runner.nightly.report.page import page

_PICK = "validation accuracy 95.70%"


@pytest.mark.parametrize(
    ("pick", "says"),
    [
        (
            Pick("a", "h5", 1234.0, 0.957, None, "too close to tell"),
            f"s: h5 of a (1,234 bytes zipped, {_PICK}, too close to tell)",
        ),
        (
            Pick("a", "h5", 1234.0, 0.957, 2345.0, "within"),
            f"s: h5 of a (2,345 bytes of flash, {_PICK}, within)",
        ),
        # Of a night of before.
        (Pick("a", "h5", 1234.0, 0.957), f"s: h5 of a (1,234 bytes zipped, {_PICK})"),
    ],
)
def test_the_file_to_ship_is_named_with_its_word(pick: Pick, says: str) -> None:
    sweeps = {"s": NightSweep("s", {}, pick), "none": NightSweep("none", {}, None)}
    verdict = judge(Night("1", "1", sweeps), [], Tolerance(), [])
    assert verdict.details["File to ship"] == [says]
    assert f"File to ship:\n- {says}\n" in verdict.text
    assert f"<h2>File to ship</h2>\n<ul><li>{says}</li></ul>" in page(verdict, [])
