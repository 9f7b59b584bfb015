from runner.labels import short


def test_a_group_is_dropped_where_the_last_part_says_enough() -> None:
    assert short(["schedule.epochs", "seed"]) == {"schedule.epochs": "epochs", "seed": "seed"}


def test_a_group_is_kept_where_two_settings_end_alike() -> None:
    names = ["baseline.epochs", "schedule.epochs", "schedule.end"]
    assert list(short(names).values()) == ["baseline.epochs", "schedule.epochs", "end"]
