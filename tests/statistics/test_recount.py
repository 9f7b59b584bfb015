import numpy as np
import pytest

from runner.statistics.recount import may_be_true


def test_honest_claims_are_believed() -> None:
    draw = np.random.default_rng(0)
    for share in (0.0, 0.1, 0.5, 0.93, 1.0):
        answers = np.arange(10_000) < share * 10_000
        for _ in range(300):
            right = int(draw.permutation(answers)[:400].sum())
            assert may_be_true(int(answers.sum()), 10_000, right, 400)


@pytest.mark.parametrize(
    ("claimed", "right"), [(10_000, 399), (9_900, 360), (1_000, 399), (0, 1), (10_001, 400)]
)
def test_claims_that_chance_does_not_explain_are_not(claimed: int, right: int) -> None:
    assert not may_be_true(claimed, 10_000, right, 400)


def test_where_every_image_is_drawn_the_claim_must_be_exact() -> None:
    assert may_be_true(17, 30, 17, 30)
    assert not may_be_true(18, 30, 17, 30)
