from runner.report import sweep_facts
from runner.results.processors import several_processors
from runner.results.rows import Results, Row
from runner.tracking import Record


def _results(*models: str) -> Results:
    points = [
        Record("1", "a", "FINISHED", {}, {"runner.processor": model} if model else {}, {}, "")
        for model in models
    ]
    sweep = Record("0", "sweep", "FINISHED", {}, {}, {}, "")
    return Results(sweep, tuple(Row(point, None) for point in points))


def test_one_line_names_the_processors_where_there_are_several() -> None:
    mixed = _results("EPYC", "Xeon", "EPYC", "")
    assert "(2 on EPYC, 1 on Xeon)" in several_processors(mixed)
    assert sweep_facts.facts(mixed)["processors"] == several_processors(mixed)


def test_nothing_is_said_of_one() -> None:
    # Runs of versions before this one do not tell.
    assert not several_processors(_results("EPYC", "EPYC", ""))
    assert "processors" not in sweep_facts.facts(_results("EPYC"))
