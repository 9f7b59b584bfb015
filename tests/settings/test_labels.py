from runner.settings.labels import point_name, short


def test_a_group_is_dropped_where_the_last_part_says_enough() -> None:
    assert short(["schedule.epochs", "seed"]) == {"schedule.epochs": "epochs", "seed": "seed"}


def test_a_group_is_kept_where_two_settings_end_alike() -> None:
    names = ["baseline.epochs", "schedule.epochs", "schedule.end"]
    assert list(short(names).values()) == ["baseline.epochs", "schedule.epochs", "end"]


def test_points_are_named_by_what_varies_in_few_letters() -> None:
    ranged = {"schedule.initial_sparsity": "0.5", "schedule.final_sparsity": "0.8"}
    assert point_name(ranged | {"schedule.epochs": "4"}) == "0.5→0.8 4 epochs"
    assert point_name({**ranged, "schedule.epochs": "1", "seed": "2"}) == "0.5→0.8 1 epoch seed=2"
    assert point_name({"schedule.final_sparsity": "0.8", "seed": "2"}) == "final=0.8 seed=2"
    assert point_name({"architecture.name": "a", "seed": "1"}) == "architecture=a seed=1"
    assert point_name({"baseline.epochs": "1", "schedule.epochs": "2"}) == (
        "baseline.epochs=1 schedule.epochs=2"
    )
    assert point_name({"schedule.final_sparsity": "0.8"}) == "final_sparsity=0.8"
    assert point_name({"schedule.epochs": "8"}) == "epochs=8"
    assert point_name({}) == "one point"


def test_narrow_points_are_named_by_their_cut_and_how_they_start() -> None:
    cut, start = {"channels.share": "0.25"}, {"channels.start": "fresh"}
    assert point_name(cut) == "cut=0.25"
    assert point_name(start) == "fresh"
    sparsity = {"schedule.final_sparsity": "0.5"}
    assert point_name(cut | sparsity | start) == "cut=0.25 final=0.5 fresh"
    epochs = {"channels.epochs": "2", "schedule.epochs": "4"}
    assert point_name(cut | epochs) == "cut=0.25 channels.epochs=2 schedule.epochs=4"
