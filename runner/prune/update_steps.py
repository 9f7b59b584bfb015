"""Place the training steps at which pruning masks are updated."""

from dataclasses import dataclass

# TFMOT's default, every 100 steps, gives the tutorial's two epochs of MNIST 34 updates.
_UPDATES = 34


@dataclass(frozen=True)
class PruningSteps:
    """Say when masks are updated: at begin, begin + frequency, ... up to and including end.

    Training steps count from 1, as TFMOT's wrapper counts them.
    """

    begin: int
    end: int
    frequency: int


def pruning_steps(begin: float, end: float, total: int) -> PruningSteps:
    """Place the mask updates so that the last one falls on `end`.

    A mask update that misses `end` leaves the final sparsity unreached, and with fewer steps
    than the frequency nothing is pruned at all (tensorflow/model-optimization issue 975).

    Args:
        begin: share of training at which pruning starts, in [0, 1).
        end: share of training at which the final sparsity is reached, in (0, 1].
        total: number of training steps, at least 1.
    """
    first = max(1, round(begin * total))
    last = min(total, max(first, round(end * total)))
    frequency = max(1, (last - first) // _UPDATES)
    return PruningSteps(first, last - (last - first) % frequency, frequency)
