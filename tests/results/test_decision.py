"""No file is to ship where the baseline is no better than chance."""

from runner.results.choice import Limits
from runner.results.decision import decide, decision
from runner.results.rows import Row
from runner.tracking import Record

FILE = {"size_bytes": 900.0, "zip_bytes": 800.0, "zip_ratio": 2.0, "accuracy": 0.9}


def _run(name: str, validation: float, **metrics: float) -> Record:
    figures = {f"{key}/h5": value for key, value in FILE.items()}
    figures |= {"validation_accuracy/h5": validation, **metrics}
    return Record(name, name, "FINISHED", {"dataset.name": name[:1]}, {}, figures, f"/runs/{name}")


AT_CHANCE = _run("a dense", 0.08, chance=0.083, chance_accuracy=0.08, accuracy_bound=0.099)
ABOVE = _run("a better", 0.5, chance=0.083, chance_accuracy=0.5, accuracy_bound=0.53)


def test_at_chance_there_is_no_file_and_no_closest_one() -> None:
    made = decision([Row(_run("a point", 0.5), AT_CHANCE)], Limits(1.0))
    assert (made.baseline, made.file, made.closest) == (AT_CHANCE, None, None)
    assert made.verdict.startswith("The baseline's accuracy, 8.00%, is not above chance")
    assert made.verdict == made.reason == made.warning


def test_of_several_baselines_the_best_counts() -> None:
    rows = [Row(_run("a first", 0.5), AT_CHANCE), Row(_run("a second", 0.5), ABOVE)]
    made = decision(rows, Limits(0.01))
    assert made.file is not None
    assert made.warning == ""
    assert made.reason.startswith("no file keeps") or made.verdict.startswith("Ship h5 of a")


def test_what_came_of_a_baseline_at_chance_is_not_shipped_beside_a_better_one() -> None:
    small = _run("a first", 0.5, **{"zip_bytes/h5": 100.0})
    made = decision([Row(small, AT_CHANCE), Row(_run("a second", 0.5), ABOVE)], Limits(0.01))
    assert made.file is not None
    assert made.file.point.name == "a second"
    assert made.own_baseline is ABOVE


def test_each_data_set_has_its_own_chance() -> None:
    rows = [Row(_run("a point", 0.5), AT_CHANCE), Row(_run("b point", 0.5), ABOVE)]
    assert [bool(made.file) for made in decide(rows, Limits(0.01))] == [False, True]


def test_a_baseline_of_an_earlier_version_is_judged_as_before() -> None:
    old = _run("a dense", 0.01)
    made = decision([Row(_run("a point", 0.01), old)], Limits(0.01))
    assert made.file is not None
