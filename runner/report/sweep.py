"""Read a sweep in Python: its files as a table, its front, and the file to ship."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from runner.cli.command import default_experiment
from runner.completion.asked import Asked
from runner.completion.complete import complete
from runner.report.best_file import BestFile, NothingQualifies
from runner.report.file_limits import criteria_of
from runner.report.sweep_decision import SweepDecision
from runner.results.correct_rows import with_correct
from runner.results.device_rows import with_device_rows
from runner.results.frame import files_frame, front_frame
from runner.results.lookup import find_sweep
from runner.results.rows import Results, read
from runner.results.selection import Criteria, fitting, narrowed, qualify, qualify_all
from runner.results.table import PointsTable
from runner.settings.store_uri import resolve
from runner.settings.targets import Target
from runner.tracking import Store

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


class Sweep:
    """A sweep, finished or running, as the store had it when it was loaded."""

    def __init__(self, store: Store, results: Results) -> None:
        self._store, self._results = store, results

    def __repr__(self) -> str:
        done = sum(row.point.status == "FINISHED" for row in self._results.rows)
        return f"<Sweep {self.name}: {done} of {self._results.planned} points finished>"

    @property
    def name(self) -> str:
        """The sweep's name."""
        return self._results.name

    @property
    def run_id(self) -> str:
        """The id of its run in MLflow."""
        return self._results.sweep.id

    @functools.cached_property
    def rows(self) -> pd.DataFrame:
        """One row for each measured file of each baseline and point.

        The columns are the run, the settings that vary, the target, its figures (sizes in bytes,
        accuracies as shares from 0 to 1) and its path. A point without files has one row too.
        """
        return files_frame(self._store, self._results)

    @property
    def front(self) -> pd.DataFrame:
        """The rows of files that no other file beats in both bytes and validation accuracy.

        The smallest file comes first; where the sweep has several data sets, each has its front.
        Of points that differ in nothing but their seed, the mean accuracy counts, and the row is
        that of the median seed.
        """
        return front_frame(self.rows, self._results)

    @property
    def table(self) -> str:
        """The table that a sweep prints at its end, in Markdown."""
        results = with_correct(self._store, self._results)
        return PointsTable(results, results.request.device).text()

    def decision(
        self,
        *,
        max_drop: float | None = None,
        confidence: float | None = None,
        target: str | Sequence[str] | None = None,
        where: Mapping[str, object] | None = None,
        device: str | None = None,
        **limits: Any,
    ) -> SweepDecision:
        """Decide which file to ship on each device and data set, and how far images bear that out.

        The arguments are those of `best`, which raises where no file qualifies.

        Raises:
            Refused: there is no such target, setting or limit.
        """
        criteria = criteria_of(max_drop, confidence, target, where, device, limits)
        only = narrowed(self._results, criteria.where)
        own = only.request.devices
        each = [criteria] if device else [replace(criteria, device=name) for name in own]
        decisions = [
            decision
            for one in each
            for decision in qualify_all(self._completed(only, one, device, target), one)
        ]
        return SweepDecision.of_all(decisions, self._store)

    def best(
        self,
        *,
        max_drop: float | None = None,
        confidence: float | None = None,
        target: str | Sequence[str] | None = None,
        where: Mapping[str, object] | None = None,
        device: str | None = None,
        **limits: Any,
    ) -> BestFile:
        """Choose the smallest file that runs on a device and keeps all limits.

        What the device needs and was not measured is measured first, from the stored files.

        Args:
            max_drop: validation accuracy that it may lose, 0.01 is one point; by default the
                sweep's own limit.
            confidence: only what is within that limit with so much confidence, as in 0.95; by
                default the sweep's own, or else the accuracies that were measured.
            target: only files of this kind, or of these kinds.
            where: only points with these settings: `{"seed": 1}`.
            device: what it must run on; by default the sweep's own device, whose budgets hold as
                far as no others are given.
            limits: `flash` and `ram`, bytes on the device as a number or as in `"256K"`;
                `latency_ms` there; `own`, the most of numbers that `measure.command` printed,
                by their names; `max_bytes`, `max_zip_bytes`, `max_latency_ms` and
                `max_macs`.

        Raises:
            Refused: there is no such target, setting or limit.
            NothingQualifies: no file keeps the limits, or the baseline is not above chance.
        """
        criteria = criteria_of(max_drop, confidence, target, where, device, limits)
        results = fitting(self._results, criteria)
        decision = qualify(self._completed(results, criteria, device, target), criteria)
        if decision.file is None:
            raise NothingQualifies(decision.reason)
        return BestFile.of(decision.file, self._store)

    def _completed(
        self, results: Results, criteria: Criteria, device: str | None, target: object
    ) -> Results:
        """Give the rows what the device needs, and which images each file gets right."""
        named = criteria.targets if target else None
        # Files are made only for a device that is named.
        asked = Asked(named if device else (), named)
        done = complete(self._store, results, criteria.request(results), asked)
        return with_correct(self._store, done)

    def save(self, file: BestFile, path: Path | str) -> Path:
        """Copy a file of the sweep to a path, wherever the store keeps it.

        Raises:
            StoreFailed: the store does not answer, or no longer has the file.
            OSError: the path cannot be written.
        """
        output = Path(path)
        artifact = f"models/{Target(file.target).file_name}"
        self._store.copy_artifact(self._store.get(file.run_id), artifact, output)
        return output

    def figure(self) -> "Figure":
        """Draw accuracy against zipped bytes, with the front, as on the report's page.

        Raises:
            NothingQualifies: no file was measured.
        """
        from runner.report.charts.pareto import front_chart
        from runner.report.contents import gather

        figure = front_chart(gather(self._store, [self._results]))
        if figure is None:
            raise NothingQualifies(f"{self.name}: no point has a measured file")
        return figure


def load(
    sweep: str = "latest", *, tracking_uri: str | None = None, experiment: str | None = None
) -> Sweep:
    """Read a sweep from the store, finished or running.

    Args:
        sweep: its name (the newest of that name), its run id, or `latest`.
        tracking_uri: the store; by default `MLFLOW_TRACKING_URI`, else `mlflow.db` in the working
            directory.
        experiment: the experiment in it; by default `MLFLOW_EXPERIMENT_NAME`, else that of
            `MLFLOW_EXPERIMENT_ID`, else `sparsity`.

    Raises:
        Refused: there is no such store, experiment or sweep.
        StoreFailed: the store does not answer.
    """
    store = Store(resolve(tracking_uri), default_experiment(experiment))
    store.connect(create=False)
    results = read(store, find_sweep(store, sweep))
    return Sweep(store, with_device_rows(store, results, results.request))
