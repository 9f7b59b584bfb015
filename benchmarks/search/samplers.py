"""Let a sampler of Optuna choose among the settings of a sweep."""

from collections.abc import Sequence

import numpy as np
import optuna
from optuna.samplers import BaseSampler
from optuna.trial import Trial, TrialState

from benchmarks.search.axes import Axes
from runner.search.setting import Measured, Outcome, Setting, Tried, smallest


class SamplerOrder:
    """Proposes what a sampler does: the smallest file, with the limit as its constraint.

    Where the sampler proposes what was tried or is being tried, it is asked again; where that does
    not help, the nearest setting is taken that was not, of equals one at random. Points that run
    side by side are trials that run, as Optuna's own parallel searches have them.
    """

    def __init__(
        self,
        sampler: BaseSampler,
        settings: Sequence[Setting],
        limit: float,
        seed: int,
        asks: int = 5,
    ) -> None:
        """Take the settings, and the limit on the drop of accuracy, a share.

        Args:
            asks: how often at most the sampler is asked for one setting.
        """
        self._axes, self._limit, self._asks = Axes(settings), limit, asks
        self._draws = np.random.default_rng(seed).random(len(settings))
        self._trials: dict[int, Trial] = {}
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._study = optuna.create_study(sampler=sampler)

    def propose(self, tried: Tried, pending: Sequence[int]) -> int:
        """Return the place of a setting that is neither tried nor pending."""
        for place in [place for place in self._trials if place in tried]:
            self._tell(self._trials.pop(place), tried[place])
        untried = {*range(len(self._draws))} - {*tried, *pending}
        trial = self._ask()
        for _ in range(self._asks - 1):
            if self._place(trial) in untried:
                break
            trial = self._ask_again(trial)
        if self._place(trial) not in untried:
            trial = self._nearest(trial, untried)
        place = self._place(trial)
        self._trials[place] = trial
        return place

    def _place(self, trial: Trial) -> int:
        place = self._axes.place(trial.params)
        return -1 if place is None else place

    def _ask(self) -> Trial:
        return self._study.ask(self._axes.distributions)

    def _ask_again(self, trial: Trial) -> Trial:
        # A trial that failed teaches no sampler anything.
        self._study.tell(trial, state=TrialState.FAIL)
        return self._ask()

    def _nearest(self, trial: Trial, untried: set[int]) -> Trial:
        place = min(
            untried, key=lambda each: (self._axes.steps(each, trial.params), self._draws[each])
        )
        self._study.enqueue_trial(self._axes.numbers(place))
        return self._ask_again(trial)

    def _tell(self, trial: Trial, outcome: Outcome) -> None:
        file = _judged(outcome, self._limit)
        if file is None:
            self._study.tell(trial, state=TrialState.FAIL)
            return
        trial.set_constraint("drop", file.drop - self._limit)
        self._study.tell(trial, file.size)


def _judged(outcome: Outcome, limit: float) -> Measured | None:
    """Return the file that stands for a setting: its smallest within the limit, or the nearest."""
    files = [file for file in outcome.values() if file.allowed]
    nearest = min(files, key=lambda file: (file.drop, file.size), default=None)
    return smallest([outcome], limit) or nearest
