import pytest

from runner.prune.update_steps import pruning_steps


@pytest.mark.parametrize("total", [1, 2, 3, 5, 7, 33, 34, 35, 99, 100, 101, 1000, 3376, 33760])
@pytest.mark.parametrize(("begin", "end"), [(0.0, 0.75), (0.0, 1.0), (0.2, 0.5), (0.9, 0.91)])
def test_the_last_update_falls_on_the_end(begin: float, end: float, total: int) -> None:
    steps = pruning_steps(begin, end, total)
    assert 1 <= steps.begin <= steps.end <= total
    assert steps.frequency >= 1
    assert (steps.end - steps.begin) % steps.frequency == 0


def test_shares_are_of_all_steps() -> None:
    steps = pruning_steps(0.25, 0.75, 4000)
    assert steps.begin == 1000
    assert 2940 <= steps.end <= 3000


def test_masks_are_updated_often_but_not_at_every_step() -> None:
    steps = pruning_steps(0.0, 1.0, 3376)
    assert 30 <= (steps.end - steps.begin) // steps.frequency <= 40
