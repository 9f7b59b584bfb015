"""The table of a sweep's points: who is in one line, what stands in it, and how wide it is."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from rich.text import Text

from runner.measure.correct_table import Correct
from runner.results.rows import Results, Row
from runner.results.table import PointsTable
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Record, tags

_IMAGES = 1000
_FIGURES = {"size_bytes": 234_567.0, "zip_bytes": 23_456.0, "zip_ratio": 8.1}


def _answers(wrong: int) -> Correct:
    right = np.arange(_IMAGES) >= wrong
    return Correct("digest", right, right)


def _record(name: str, wrong: int, **params: str) -> Record:
    shares = {"accuracy": 1 - wrong / _IMAGES, "validation_accuracy": 1 - wrong / _IMAGES}
    metrics = {
        f"{metric}/{target}": value
        for target in Target
        for metric, value in {**_FIGURES, **shares}.items()
    }
    return Record(name, name, "FINISHED", params, {}, {**metrics, "sparsity": 0.8}, f"/runs/{name}")


def _row(name: str, wrong: int, seed: str = "0", **params: str) -> Row:
    """Make a point, whose baseline has the first ten images of each split wrong."""
    return Row(
        _record(f"{name} {seed}", wrong, seed=seed, **params),
        _record(f"dense {seed}", 10, seed=seed),
        correct=dict.fromkeys(Target, _answers(wrong)),
        baseline_correct=dict.fromkeys(Target, _answers(10)),
    )


def _results(rows: Sequence[Row], **sweep_tags: str) -> Results:
    return Results(Record("1", "sweep", "FINISHED", {}, sweep_tags, {}, ""), tuple(rows))


def _markdown(rows: Sequence[Row], **sweep_tags: str) -> list[Mapping[str, str]]:
    """Return the rows of the table as a pipe gets it, by the names of its columns."""
    text = PointsTable(_results(rows, **sweep_tags), Device.PHONE).text()
    head, _, *lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def _on_terminal(rows: Sequence[Row], width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO(), force_terminal=True, no_color=True)
    with console.capture() as captured:
        console.print(PointsTable(_results(rows), Device.PHONE).on_terminal(console))
    return [Text.from_ansi(line).plain.rstrip() for line in captured.get().splitlines()]


SETTINGS = {
    "schedule.initial_sparsity": "0.0",
    "schedule.final_sparsity": "0.8",
    "schedule.epochs": "2",
}
OTHERS = dict(zip(SETTINGS, ("0.5", "0.9", "4"), strict=True))


def test_every_file_gets_one_of_three_words() -> None:
    rows = [_row("a", 10, point="a"), _row("b", 18, point="b"), _row("c", 50, point="c")]
    baseline, *points = _markdown(rows)
    assert [line["h5"] for line in points] == [
        "99.00% 23,456 8.1x within",
        "98.20% 23,456 8.1x too close",
        "95.00% 23,456 8.1x beyond",
    ]
    assert baseline["h5"] == "99.00% 23,456 8.1x"


def test_the_words_are_about_the_limit_and_the_confidence_of_the_sweep() -> None:
    rows = [_row("a", 18)]
    for drop, confidence, word in [
        ("0.02", "", "within"),
        ("0.001", "", "beyond"),
        ("0.012", "0.6", "within"),
    ]:
        given = {tags.MAX_DROP: drop, tags.CONFIDENCE: confidence}
        _, point = _markdown(rows, **given)
        assert point["h5"].endswith(word)
        legend = " ".join(PointsTable(_results(rows, **given), Device.PHONE).legend)
        assert f"is within {float(drop) * 100:g} point" in legend
        assert f"the {float(confidence or 0.95) * 100:g} % interval on the validation" in legend


def test_old_runs_get_a_word_by_their_numbers_of_images_or_none() -> None:
    old = Row(_record("a", 18), _record("dense", 10))
    _, point = _markdown([old])
    assert point["h5"] == "98.20% 23,456 8.1x -"
    _, counted = _markdown([Row(old.point, old.baseline, images=(_IMAGES, _IMAGES))])
    assert counted["h5"] == "98.20% 23,456 8.1x too close"


def test_points_that_differ_in_their_seed_only_are_one_row_of_means() -> None:
    rows = [_row(name, wrong, seed, point=name) for name, wrongs in
            {"a": (10, 11, 12), "b": (10, 50, 90)}.items()
            for seed, wrong in zip("012", wrongs, strict=True)]  # fmt: skip
    baseline, first, second = _markdown(rows)
    assert [line["seeds"] for line in (baseline, first, second)] == ["3", "3", "3"]
    assert "seed" not in baseline
    assert first["h5"] == "98.90% ±0.10 23,456 8.1x within"
    assert second["h5"] == "95.00% ±4.00 23,456 8.1x too close"
    assert "means over the seeds" in PointsTable(_results(rows), Device.PHONE).legend[-1]


def test_a_seed_that_failed_is_counted_and_not_averaged() -> None:
    failed = Record("f", "f", "FAILED", {"seed": "2", "point": "a"}, {}, {}, "")
    rows = [_row("a", 10, "0", point="a"), _row("a", 10, "1", point="a"), Row(failed, None)]
    _, point = _markdown(rows)
    assert (point["seeds"], point["h5"]) == ("2 of 3", "99.00% ±0.00 23,456 8.1x within")


def test_seeds_on_other_images_are_other_rows() -> None:
    rows = [_row("a", 10, seed, **{"dataset.name": data}) for data in "xy" for seed in "01"]
    _, *points = _markdown(rows)
    assert [(line["dataset"], line["seeds"]) for line in points] == [("x", "2"), ("y", "2")]


def test_two_points_of_one_seed_are_two_rows() -> None:
    rows = [_row("a", 10), _row("b", 10)]
    assert len(_markdown(rows)) == 3


@pytest.mark.parametrize("seeds", [1, 2])
def test_a_narrow_terminal_gets_one_row_a_file_and_every_name_whole(seeds: int) -> None:
    rows = [
        _row(name, wrong, str(seed), **settings)
        for name, settings, wrong in (("a", SETTINGS, 10), ("b", OTHERS, 18))
        for seed in range(seeds)
    ]
    lines = _on_terminal(rows, 60)
    assert max(map(len, lines)) <= 60
    assert "…" not in "".join(lines)
    for target in Target:
        words = [line.split()[-1] for line in lines if line.split()[:1] == [target]]
        assert words == (["run"] * 3 if target.on_tflm_only else ["8.1x", "within", "close"])
    of_seeds = f", {seeds} seeds" if seeds > 1 else ""
    assert f"baseline, sparsity 0.8000{of_seeds}" in lines
    assert f"0.5→0.9 4 epochs, sparsity 0.8000{of_seeds}" in lines


def test_a_wide_terminal_gets_one_row_a_point() -> None:
    rows = [_row("a", 10, **SETTINGS), _row("b", 18, **OTHERS)]
    (line,) = (line for line in _on_terminal(rows, 400) if line.startswith("point     0.5"))
    assert line.split()[:5] == ["point", "0.5", "0.9", "4", "0.8000"]
    there = [target for target in Target if not target.on_tflm_only]
    assert line.count("98.20% 23,456 8.1x too close") == len(there)


def test_three_settings_and_five_kinds_of_files_fit_200_columns() -> None:
    kinds = [Target.H5, *(target for target in Target if target.startswith("tflite_"))][:5]
    rows = [_row("a", 10, **SETTINGS), _row("b", 18, **OTHERS)]
    few = [Row(_only(row.point, kinds), row.baseline, (), (), row.correct) for row in rows]
    lines = _on_terminal(few, 200)
    assert max(map(len, lines)) <= 200
    assert lines[1].startswith("run       sparsity  sparsity  epochs  sparsity")


NARROW = {"channels.share": "0.25", "channels.start": "kept"}
SHOWN = ("channels kept", "MACs")


def _narrow(row: Row, kept: float, macs: float) -> Row:
    """Say how large the networks of a point and of its baseline are."""
    metrics = {**row.point.metrics, "channels_kept": kept, "macs": macs}
    dense = row.baseline and replace(
        row.baseline, metrics={**row.baseline.metrics, "macs": 93_288.0}
    )
    return replace(row, point=replace(row.point, metrics=metrics), baseline=dense)


def test_a_sweep_that_removes_channels_shows_how_many_are_left_and_the_multiplications() -> None:
    whole = _row("a", 10, **{"channels.share": "0.0"})
    cut = _narrow(_row("b", 18, **NARROW), 0.75, 31_096)
    assert not {*SHOWN} & _markdown([_narrow(whole, 1, 93_288)])[0].keys()
    old = replace(_row("c", 18, **NARROW, point="c"), baseline=cut.baseline)
    lines = _markdown([_narrow(whole, 1, 93_288), cut, old])
    assert [tuple(line[name] for name in SHOWN) for line in lines] == [
        ("1.0000", "93,288"),
        ("1.0000", "93,288"),
        ("0.7500", "31,096"),
        ("-", "-"),
    ]


def test_narrow_networks_fit_a_terminal_as_wide_as_before() -> None:
    kinds = [Target.H5, *(target for target in Target if target.startswith("tflite_"))][:3]
    cut = [_narrow(_row("a", 10, **SETTINGS, **NARROW), 0.75, 2_293_000)]
    cut += [_row("b", 18, **OTHERS, **{"channels.share": "0.0"})]
    few = [replace(row, point=_only(row.point, kinds)) for row in cut]
    wide, names = _on_terminal(few, 200), _on_terminal(few, 60)
    assert max(map(len, wide)) <= 200
    assert any(line.startswith("run ") and line.split()[-1] == kinds[-1] for line in wide)
    assert max(map(len, names)) <= 60
    assert "0.0→0.8 2 epochs cut=0.25, sparsity 0.8000, channels kept" in names
    assert "0.7500, MACs 2,293,000" in names


def _only(run: Record, kinds: Sequence[Target]) -> Record:
    """Leave the files of other kinds out."""
    metrics = {
        name: value
        for name, value in run.metrics.items()
        if "/" not in name or name.split("/")[-1] in kinds
    }
    return replace(run, metrics=metrics)
