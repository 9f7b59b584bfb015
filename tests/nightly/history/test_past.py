from runner.nightly.history.past import EARLY, FAILED, GOOD, WORSE, PastNight, comparable
from runner.nightly.history.records import Night, NightSweep


def _past(name: str, verdict: str, *sweeps: str, accepted: bool = False) -> PastNight:
    held = {each: NightSweep(each, {}, None) for each in sweeps}
    return PastNight(Night(name, name, held), verdict, accepted)


NIGHTS = [
    _past("1", EARLY, "a", "b"),
    _past("2", GOOD, "a", "b"),
    _past("3", FAILED, "a", "b"),
    _past("4", WORSE, "a", "b"),
    _past("5", GOOD, "a"),
]


def test_only_the_last_good_nights_are_compared_with() -> None:
    assert [each.name for each in comparable(NIGHTS, 14, ["a"])] == ["1", "2", "5"]
    assert [each.name for each in comparable(NIGHTS, 2, ["a"])] == ["2", "5"]
    assert comparable([], 14, ["a"]) == []


def test_a_sweep_taken_off_the_list_is_not_missed() -> None:
    (first, *_, last) = comparable(NIGHTS, 14, ["b"])
    assert (list(first.sweeps), list(last.sweeps)) == (["b"], [])


def test_what_was_accepted_is_the_new_usual() -> None:
    nights = [*NIGHTS[:3], _past("4", WORSE, "a", accepted=True), NIGHTS[4]]
    assert [each.name for each in comparable(nights, 14, ["a"])] == ["4", "5"]
