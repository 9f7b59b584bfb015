"""The marks of charts: each kind of file has one of its own."""

from runner.report.charts.style import colour, symbol
from runner.settings.targets import Target


def test_no_two_kinds_of_files_look_alike() -> None:
    assert len({(colour(number), symbol(number)) for number in range(len(Target))}) == len(Target)
