"""Questions are drawn of part of the images, and each way of judging states a share for them."""

import numpy as np
import pytest

from benchmarks.calibration import PARTS, Answers, ask, stated
from runner.statistics.paired import paired_drop

RANDOM = np.random.default_rng(2)
_DENSE = RANDOM.random((4, 3000)) < 0.95
TABLE = Answers(
    _DENSE, _DENSE[[1, 1, 2, 2, 3, 3]] ^ (RANDOM.random((6, 3000)) < 0.01), np.arange(6) // 2
)


@pytest.mark.parametrize("confidence", [None, 0.5])
def test_the_part_and_the_truth_are_all_images_and_judged_by_the_same_files(
    confidence: float | None,
) -> None:
    random = np.random.default_rng(1)
    question, truth = ask(TABLE, confidence, False, random)
    assert len(question.dense) in PARTS
    assert len(question.dense) + len(truth.dense) == 3000
    assert np.sum(question.dense) + np.sum(truth.dense) == np.sum(TABLE.dense[0])
    assert len(question.files) == len(truth.files)


def test_the_first_file_within_the_limit_is_chosen() -> None:
    random = np.random.default_rng(1)
    for confidence in (None, 0.5):
        for _ in range(4):
            question, _ = ask(TABLE, confidence, True, random)
            choice = question.choose(np.ones((1, len(question.dense)), np.float32))[0]
            drops = [
                np.mean(question.dense) - np.mean(file)
                if confidence is None
                else paired_drop(question.dense, file, confidence).high
                for file in question.files
            ]
            within = [index for index, drop in enumerate(drops) if drop <= question.limit + 1e-6]
            assert choice == (within[0] if within else -1)
            if within:
                shares = dict(stated(question, random))
                assert all(0 <= share <= 1 for share in shares.values())
                assert "chosen once" in shares
