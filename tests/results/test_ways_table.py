"""Channels against weights against both: which file stands for each way, and what is said."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from runner.results.choice import Limits
from runner.results.decision import decision
from runner.results.rows import Row
from runner.results.way import Way
from runner.results.ways_table import WaysTable, ways_tables
from runner.settings.devices import Device
from runner.tracking import Record
from tests.helpers.narrow_sweep import POINTS, Small, narrow_rows

LONGER, WEIGHTS, CHANNELS, FRESH, BOTH = (*(POINTS[1], POINTS[2], POINTS[4], POINTS[5], POINTS[6]),)


def _tables(rows: Sequence[Row], limits: Limits | None = None) -> list[WaysTable]:
    return ways_tables(decision(rows, limits or Limits(0.01)))


def _table(rows: Sequence[Row], limits: Limits | None = None) -> WaysTable:
    (table,) = _tables(rows, limits)
    return table


def _followed(points: Sequence[Small], compress: str) -> list[Small]:
    """The same points, where something follows pruning."""
    return [replace(each, others={"compress.name": compress}) for each in points]


def _lines(table: WaysTable) -> dict[str, Mapping[str, str]]:
    lines = [dict(zip(table.heading, line, strict=True)) for line in table.lines]
    return {line["way"]: line for line in lines}


def _of(points: Sequence[Small], limits: Limits | None = None) -> WaysTable:
    return _table(narrow_rows(points), limits)


def test_each_way_shows_its_smallest_file_within_the_limit_or_the_closest() -> None:
    table = _of(POINTS)
    lines = _lines(table)
    assert list(lines) == [*Way]
    shown = [
        [line[name] for name in ("point", "further epochs", "MACs", "bytes", "zipped bytes")]
        for line in lines.values()
    ]
    assert shown == [
        ["dense 0", "0", "93,288", "23,648", "20,132"],
        ["point 1", "8", "93,288", "23,648", "20,010"],
        # Of fewer bytes is one that loses too much.
        ["point 2", "4", "93,288", "23,648", "8,346"],
        ["point 4", "6", "23,322", "9,832", "7,785"],
        ["point 5", "6", "23,322", "9,832", "7,800"],
        ["point 6", "6", "23,322", "9,832", "5,994"],
        ["point 7", "6", "23,322", "9,832", "6,010"],
    ]
    assert [line["limit: 1 point"] for line in lines.values()] == [
        *["within"] * 4,
        *("beyond", "within", "beyond"),
    ]
    assert lines["weights"]["interval, points"] == "0.06 to 0.36"
    assert lines["weights"]["keeps the limits"] == "yes"
    assert lines["channels, new weights"]["keeps the limits"] == "no, the closest: drops 0.0600"
    assert table.sentences == [
        'The smallest within the limits is by "channels and weights": 5,994 bytes zipped; its '
        "drop is within 1 point with 95 % confidence.",
        'By "channels and weights" a file is 1.39 times smaller than by weights alone: 5,994 and '
        "8,346 bytes zipped; unzipped 2.41 times smaller.",
        "The dense network that is trained on for 8 epochs drops -0.60 points (-0.85 to -0.39): "
        "seen from it, each way drops 0.60 points more.",
    ]
    assert table.text_lines[3] == (
        "channels: tflite_int8 of point 4, 9,832 bytes, 7,785 bytes zipped, 23,322 MACs, "
        "0.00983 ms, 6 further epochs, drops 0.10 points (-0.02 to 0.23): within, test accuracy "
        "97.90%."
    )
    assert table.text_lines[4].endswith(
        "; no file of this way keeps the limits, and the closest drops 0.0600."
    )


def test_without_a_narrow_point_there_is_nothing_to_compare() -> None:
    assert _tables(narrow_rows(POINTS[:4])) == []


def test_a_loss_is_said_as_plainly_as_a_gain() -> None:
    worse = replace(BOTH, zipped=9_000)
    same = replace(BOTH, zipped=WEIGHTS.zipped, size=WEIGHTS.size)
    slow = replace(LONGER, wrong=99)
    close = replace(WEIGHTS, wrong=149)
    assert _of([slow, close, worse]).sentences == [
        'The smallest within the limits is by "weights": 8,346 bytes zipped; whether its drop is '
        "within 1 point is too close to tell.",
        'Removing channels is no smaller than weights alone: by "channels and weights", 9,000 and '
        "8,346 bytes zipped; unzipped 2.41 times smaller.",
        "The dense network that is trained on for 8 epochs drops -0.02 points (-0.11 to 0.07): too "
        "close to tell from the baseline.",
    ]
    tie = _of([replace(LONGER, wrong=110, epochs=1), WEIGHTS, same]).sentences
    assert tie[0].startswith('The smallest within the limits is by "weights": 8,346 bytes zipped;')
    assert tie[1].endswith("8,346 and 8,346 bytes zipped; unzipped no smaller.")
    assert tie[2] == (
        "The dense network that is trained on for 1 epoch (another way for up to 6) drops 0.20 "
        "points (0.06 to 0.36): seen from it, each way drops 0.20 points less."
    )


def test_what_keeps_no_limit_wins_nothing() -> None:
    lost = replace(WEIGHTS, wrong=900)
    assert _of([lost, CHANNELS]).sentences == [
        'The smallest within the limits is by "channels": 7,785 bytes zipped; its drop is within '
        "1 point with 95 % confidence.",
        'Weights alone do not keep the limits, and "channels" does.',
        "No point only trains the dense network on: part of what a way gains may come of its "
        "further epochs.",
    ]
    assert _of([WEIGHTS, FRESH]).sentences[1] == "No file with channels removed keeps the limits."
    alone = _of([CHANNELS]).sentences
    assert alone[1] == ("No point prunes weights alone: there is nothing to compare channels with.")
    strict = _of(POINTS, Limits(0.01, max_bytes=10)).sentences
    assert strict[0] == "No way keeps the limits."
    assert strict[1] == "No file with channels removed keeps the limits."


def test_the_dense_network_counts_that_was_trained_on_the_longest() -> None:
    lines = _lines(_of([POINTS[0], LONGER, CHANNELS]))
    assert lines[Way.BASELINE_LONGER]["point"] == "point 1"


def test_what_follows_pruning_is_no_merit_of_a_way() -> None:
    # Clusters make the file three times smaller, with channels or without.
    clustered = _followed([LONGER, CHANNELS], "cluster")
    tables = _tables(narrow_rows([WEIGHTS, CHANNELS, *clustered, *_followed([WEIGHTS], "qat")]))
    assert [table.group.label for table in tables] == ["compress=none", "compress=cluster"]
    plain, clusters = map(_lines, tables)
    assert [*plain] == ["dense", "weights", "channels"]
    assert [*clusters] == ["dense", "dense, trained on", "channels"]
    assert (plain["channels"]["point"], clusters["channels"]["point"]) == ("point 1", "point 3")
    assert plain["dense"] == clusters["dense"]
    assert tables[0].sentences[2].startswith("No point only trains the dense network on: part of")
    said = tables[1].sentences
    assert said[1] == "No point prunes weights alone: there is nothing to compare channels with."
    assert said[2].startswith("With compress=cluster, the dense network that is trained on for 8 ")
    (only,) = _tables(narrow_rows(_followed([WEIGHTS, CHANNELS], "qat")))
    assert only.group.label == "compress=qat"
    assert only.sentences[2].startswith("With compress=qat, no point only trains the dense network")


def test_each_network_is_compared_with_itself() -> None:
    small = replace(CHANNELS, size=2_000, zipped=1_000, wrong=460)
    one = narrow_rows([WEIGHTS, CHANNELS], network="lenet5")
    other = narrow_rows(_followed([small], "qat"), network="mnist_cnn", dense_wrong=450)
    plain = narrow_rows([WEIGHTS], network="fashion_cnn")
    tables = _tables([*one, *other, *plain])
    assert [table.group.label for table in tables] == ["lenet5", "mnist_cnn, compress=qat"]
    assert [line["point"] for line in _lines(tables[0]).values()] == [
        "lenet5 dense 0",
        "lenet5 point 0",
        "lenet5 point 1",
    ]
    assert tables[0].sentences[1].startswith('By "channels" a file is 1.07 times smaller than by')
    lines = _lines(tables[1])
    assert lines["dense"]["drop, points"] == "0.00"
    assert lines["channels"]["drop, points"] == "0.20"
    assert lines["channels"]["keeps the limits"] == "yes"
    assert tables[1].sentences[1].startswith("No point prunes weights alone")
    own = "Drops count from this network's own dense baseline."
    assert tables[0].sentences[-1] == tables[1].sentences[-1] == own
    assert own not in _table(one).sentences
    assert _table(one).group.label == ""


def test_own_models_are_told_apart_by_their_files_and_not_by_how_they_are_read() -> None:
    rows = narrow_rows([CHANNELS], network="keras_file")

    def of(**settings: str) -> list[Row]:
        own = {f"architecture.{name}": value for name, value in settings.items()}
        return [replace(row, point=_with(row.point, own)) for row in rows]

    tables = _tables([*of(path="a.h5", target="null"), *of(path="b.h5"), *of(path="b.h5")])
    assert [(table.group.label, len(table.group.rows)) for table in tables] == [
        ("a.h5", 1),
        ("b.h5", 2),
    ]
    assert len(_tables([*of(path="a.h5", trust="true"), *of(path="a.h5", target="null")])) == 1


def _with(run: Record, settings: Mapping[str, str]) -> Record:
    return replace(run, params={**run.params, **settings})


def test_a_limit_on_multiplications_leaves_the_narrow_ones() -> None:
    table = _of(POINTS, Limits(0.01, max_macs=50_000))
    assert table.sentences[1] == (
        'Weights alone do not keep the limits, and "channels and weights" does.'
    )
    assert _lines(table)["dense"]["keeps the limits"] == "no, the closest: takes 93,288 MACs"


def test_seeds_are_repeats() -> None:
    lines = _lines(_table(narrow_rows(POINTS, seeds=(0, 1, 2))))
    assert list(lines) == [*Way]
    both = lines["channels and weights"]
    assert both["point"] == "point 6, mean of 3 seeds"
    assert (both["drop, points"], both["interval, points"]) == ("0.42", "0.40 to 0.44 (range)")
    assert lines["dense"]["drop, points"] == "0.00"


def test_on_a_microcontroller_flash_counts() -> None:
    table = _of(POINTS, Limits(0.01, device=Device.MICROCONTROLLER))
    assert "flash bytes" in table.heading
    assert table.sentences[:2] == [
        'The smallest within the limits is by "channels": 9,832 bytes of flash; its drop is within '
        "1 point with 95 % confidence.",
        'By "channels" a file is 2.41 times smaller than by weights alone: 9,832 and 23,648 bytes '
        "of flash.",
    ]
