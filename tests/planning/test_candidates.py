import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from runner.errors import Refused
from runner.planning.candidates import count, expand
from runner.settings.overrides import quote_override

ONE = [{"schedule.final_sparsity": 0.5, "schedule.epochs": 2}, {"schedule.final_sparsity": 0.9}]


def test_single_points_stand_alone_or_besides_a_grid() -> None:
    assert [each.overrides for each in expand({}, ONE, [])] == [
        ("schedule.final_sparsity=0.5", "schedule.epochs=2"),
        ("schedule.final_sparsity=0.9",),
    ]
    both = expand({"seed": "1,2"}, ONE, [])
    assert [each.name for each in both] == [
        "seed=1",
        "seed=2",
        "final=0.5 2 epochs",
        "final_sparsity=0.9",
    ]


def test_the_command_line_wins_over_single_points_and_multiplies_them() -> None:
    points = expand({}, ONE, ["schedule.epochs=4", "seed=1,2"])
    assert [each.name for each in points] == [
        "final=0.5 4 epochs seed=1",
        "final=0.5 4 epochs seed=2",
        "final=0.9 4 epochs seed=1",
        "final=0.9 4 epochs seed=2",
    ]


def test_numbers_in_quotes_are_numbers_in_single_points_too() -> None:
    (point,) = expand({}, [{"schedule.final_sparsity": "0.5", "dataset.path": "a b"}], [])
    assert point.overrides == ("schedule.final_sparsity=0.5", "dataset.path='a b'")


def test_values_are_quoted_where_hydra_would_misread_them() -> None:
    assert quote_override(0.5) == "0.5"
    assert quote_override(["h5", "tflite_int8"]) == "[h5,tflite_int8]"
    assert quote_override("plain/path.npz") == "plain/path.npz"
    assert quote_override("a, 'b'") == "'a, \\'b\\''"
    assert quote_override(["a b", [1, None]]) == "['a b',[1,null]]"
    assert quote_override({"conv_*": 0.5, "a": {"b": ""}}) == "{conv_*:0.5,a:{b:''}}"


def test_names_are_made_of_what_varies() -> None:
    points = expand({}, [], ["schedule.epochs=2,4", "dataset=mnist", "seed=range(0,2)"])
    assert [point.name for point in points] == [
        "2 epochs seed=0",
        "2 epochs seed=1",
        "4 epochs seed=0",
        "4 epochs seed=1",
    ]


def test_names_keep_the_group_where_it_makes_the_difference() -> None:
    (point,) = expand({}, [], ["baseline.epochs=choice(1)", "schedule.epochs=choice(2)"])
    assert point.name == "baseline.epochs=1 schedule.epochs=2"


def test_how_channels_are_removed_is_left_out_where_none_is() -> None:
    for none in ("0", "0.0"):
        axes = {"channels.share": f"{none},0.25", "schedule.final_sparsity": "0.0,0.5"}
        points = expand({**axes, "channels.start": "kept,fresh"}, [], ["channels.multiple=1,4"])
        names = list(dict.fromkeys(point.name for point in points))
        assert names == [
            f"cut={none} final=0.0",
            f"cut={none} final=0.5",
            *(
                f"cut=0.25 final={sparsity} {start} multiple={multiple}"
                for sparsity in ("0.0", "0.5")
                for start in ("kept", "fresh")
                for multiple in (1, 4)
            ),
        ]
    axes = {"channels.share": "0", "channels.start": "kept,fresh"}
    by_layer = expand(axes, [], ["channels.layer_share={conv_1:0.5}"])
    assert [point.name for point in by_layer] == ["kept", "fresh"]


def test_messages_tell_points_of_one_name_apart() -> None:
    axes = {"channels.share": "0,0.5", "channels.start": "kept,fresh"}
    assert [(each.name, each.label) for each in expand(axes, [], [])] == [
        ("cut=0", "cut=0"),
        ("cut=0", "cut=0 fresh"),
        ("cut=0.5 kept", "cut=0.5 kept"),
        ("cut=0.5 fresh", "cut=0.5 fresh"),
    ]
    axes = {"compress": "none,qat", "compress.clusters": "8,16", "compress.epochs": "1,2"}
    assert [each.label for each in expand(axes, [], [])] == [
        "compress=none",
        "compress=none clusters=8 epochs=2",
        "compress=none clusters=16 epochs=1",
        "compress=none clusters=16 epochs=2",
        "compress=qat epochs=1",
        "compress=qat epochs=2",
        "compress=qat clusters=16 epochs=1",
        "compress=qat clusters=16 epochs=2",
    ]


@pytest.mark.parametrize(
    ("axes", "singles", "arguments", "line"),
    [
        ({}, [], ["seed=range(0,100000000)"], "seed=range(0,100000000): makes a sweep of 100,000,"),
        ({"seed": "range(0,1000000000000)"}, [], [], "a sweep of 1,000,000,000,000 points"),
        ({}, [], ["seed=shuffle(range(100000001))"], "a sweep of 100,000,001 points"),
        ({}, [], ["seed=sort(range(100000000,0,-1),reverse=true)"], "of 100,000,000 points"),
        ({}, [], ["seed=range(0.0,1.0,1e-9)"], "seed=range(0.0,1.0,1e-9): makes a sweep of 1,0"),
        ({}, [], ["seed=range(1,2,1e-300)"], "a sweep of more than 10^15 points"),
        ({}, [], [f"seed=range({'9' * 4000})", f"threads=range({'9' * 4000})"], "than 10^15 po"),
        ({}, [], ["seed=range(0,400)", "threads=range(1,401)"], "of 160,000 points, with 400 val"),
        ({"seed": "range(0,400)"}, [], ["threads=range(1,401)"], "a sweep of 160,000 points"),
        ({}, ONE, ["seed=range(0,60000)"], "seed=range(0,60000): makes a sweep of 120,000 points"),
        ({}, [{"seed": 1}] * 100_001, [], "hydra.sweeper.points: has 100,001 points; must be"),
        ({}, [], ["seed=range(0,inf)"], "seed=range(0,inf): must be a range from one number to"),
        ({}, [], ["seed=range(nan,3)"], "seed=range(nan,3): must be a range from one number to"),
        ({}, [], ["seed=range(0,3,inf)"], "in steps that are not 0"),
        ({}, [], ["seed=range(0,10,0)"], "seed=range(0,10,0): must be a range from one number to"),
        ({}, [], ["seed=range(0,1,0.0)"], "in steps that are not 0"),
        (
            {"seed": "range(5,0)"},
            [],
            [],
            "seed=range(5,0): must be at least one value, and is none",
        ),
    ],
)
def test_a_grid_without_end_is_refused_before_it_is_unrolled(
    axes: dict[str, str], singles: list[dict[str, int]], arguments: list[str], line: str
) -> None:
    with pytest.raises(Refused) as refusal:
        expand(axes, singles, arguments)
    assert line in str(refusal.value)
    assert len(str(refusal.value)) < 250


def test_a_range_that_another_replaces_is_not_unrolled() -> None:
    (point,) = expand({"seed": "range(0,100000000)"}, [], ["seed=3"])
    assert (point.overrides, point.name) == (("seed=3",), "seed=3")


def test_points_are_counted_as_they_are_expanded() -> None:
    for values in ("range(0,7)", "range(7,0,-2)", "range(0.0,1.0,0.1)", "1,2", "3"):
        assert count({"seed": values, "threads": "1,2"}, ONE) == len(
            expand({"seed": values, "threads": "1,2"}, ONE, [])
        )
    assert count({"seed": "range(0,100000000)"}, []) == 100_000_000


def test_an_interval_is_no_list_of_values() -> None:
    with pytest.raises(HydraException, match=r"seed=interval\(0,1\): must be a list or a range of"):
        expand({}, [], ["seed=interval(0,1)"])


@pytest.mark.parametrize(
    "text",
    ["424824626550", "1234e5678901", "007", "0.5", "-1", "1_000", "nan", "-inf", "true", "null"],
)
def test_a_text_that_looks_like_another_value_comes_back_as_a_text(text: str) -> None:
    # Some of the runner's own names consist of digits, by chance.
    parser = OverridesParser.create()
    for value, found in ((text, text), ([text], [text]), ({"a": text}, {"a": text})):
        assert parser.parse_override(f"key={quote_override(value)}").value() == found
