from runner.planning.candidates import expand
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


def test_values_are_quoted_where_hydra_would_misread_them() -> None:
    assert quote_override(0.5) == "0.5"
    assert quote_override(["h5", "tflite_int8"]) == "[h5,tflite_int8]"
    assert quote_override("plain/path.npz") == "plain/path.npz"
    assert quote_override("a, 'b'") == "'a, \\'b\\''"


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
