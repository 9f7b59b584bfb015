import pytest
from scipy.stats import binomtest

from runner.statistics.sign_test import chance_of_fall


@pytest.mark.parametrize(("lost", "gained"), [(0, 0), (1, 0), (5, 3), (3, 5), (40, 12), (900, 800)])
def test_it_is_the_exact_binomial_test(lost: int, gained: int) -> None:
    images = lost + gained
    exact = binomtest(lost, images, alternative="greater").pvalue if images else 1.0
    assert chance_of_fall(lost, gained) == pytest.approx(exact)
