"""Obtain the dense model that points start from, and log it in a run that they share."""

import functools
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass

from filelock import Timeout

from runner.errors import one_line
from runner.export.tflm.makeable import makeable
from runner.measure.correct_table import TABLE
from runner.point import kept_reference
from runner.point.baseline_gaps import gaps, missing
from runner.point.chance_figures import chance_figures
from runner.point.context import PointContext
from runner.point.deliver import (
    Delivery,
    FinishedModel,
    ReadTable,
    TargetsFailed,
    no_tables,
)
from runner.point.dense_answers import dense_answers
from runner.point.reference import Reference
from runner.point.shared_weights import log_weights, take_weights
from runner.prune.sparsity import LayerSparsity, measure_sparsity, sparsity_figures
from runner.settings.cache_paths import baseline_lock
from runner.settings.parameters import as_yaml, baseline_parameters
from runner.settings.targets import Target
from runner.tracking import Kind, Record, Run, StoreFailed
from runner.tracking.origin import lease_tags
from runner.tracking.tags import FAILED_TARGETS, MEASURING, SETTINGS, SIGNATURE
from runner.tracking.texts import read_text
from runner.training.baseline import Baseline, obtain_baseline

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BaselineRun:
    """The run of a point's baseline, which other points with its signature share."""

    context: PointContext

    def obtain(self) -> tuple[Baseline, Reference]:
        """Obtain the dense model and the figures of its h5 file, each made once.

        Raises:
            TargetsFailed: there is no h5 file to compare anything with.
            StoreFailed: the store does not answer, and never told these figures before.
        """
        baseline, reference = self._obtain()
        if reference.warning:
            log.warning(reference.warning)
        return baseline, reference

    def _obtain(self) -> tuple[Baseline, Reference]:
        context = self.context
        with baseline_lock(context.settings, context.signature):
            found = take_weights(context)
            baseline = obtain_baseline(
                context.settings, context.data, context.signature, context.content
            )
            try:
                reference = self._reference(baseline, found)
            except StoreFailed as failure:
                return baseline, kept_reference.last_known(context, baseline, failure)
            kept_reference.keep(context, reference)
        return baseline, reference

    def complete(self, baseline: Baseline) -> None:
        """Add the targets that the run has no figures of, those that failed included.

        In a sweep, a point that finds another one at the same targets leaves them to it.

        Raises:
            StoreFailed: the store does not answer.
        """
        settings = self.context.settings
        asked = "-".join(sorted(settings.export.targets))
        # Points whose files take another batch have another run to complete.
        lock = baseline_lock(settings, self.context.signature, f"{self.context.measuring}-{asked}")
        with suppress(Timeout), lock.acquire(timeout=0 if settings.sweep.run_id else -1):
            found = self.context.baseline_record()
            wanted = makeable(settings.export.targets, "none")
            lacking = missing(wanted, found) if found else []
            if found and lacking:
                self._deliver(baseline, self.context.store.reopen(found), lacking, found)

    def restore(self, baseline: Baseline) -> None:
        """Make the targets again that the run lacks figures or files of.

        Raises:
            StoreFailed: the store does not answer.
        """
        context = self.context
        with baseline_lock(context.settings, context.signature, "files"):
            found = context.baseline_record()
            if found is None:
                return
            lost = gaps(context.store, found)
            lacking = missing(makeable(context.settings.export.targets, "none"), found)
            run = context.store.reopen(found)
            if lost.targets or lacking:
                self._deliver(baseline, run, [*lost.targets, *lacking], found)
            elif lost.settings:
                run.log_text(as_yaml(context.settings), SETTINGS)
                run.flush()

    def _reference(self, baseline: Baseline, found: Record | None) -> Reference:
        # Another machine may have logged it meanwhile.
        found = found or self.context.baseline_record()
        if found is None:
            run = self._new_run()
            run.log_inputs(self.context.data, as_yaml(self.context.settings))
            log_weights(self.context, run)
            run.log_history(baseline.history)
            parameters = float(baseline.model.count_params())
            run.log_metrics({**sparsity_figures(_layers(baseline)), "parameters": parameters})
            # The h5 file is what everything is compared with, whether or not it is to be shipped.
            self._deliver(baseline, run, [Target.H5])
            found = self.context.baseline_record()
        if found is None:
            raise TargetsFailed("the baseline's h5 file could not be written and measured", [])
        reference = Reference.read(self.context.store, found)
        if reference.correct is None:
            log.warning("%s lacks %s: its files are made again", found.name, TABLE)
            # Points without intervals would stay so; all files, for the table told of all.
            targets = [*filter(found.has_file, Target)]
            self._deliver(baseline, self.context.store.reopen(found), targets, found)
            reference = Reference.read(self.context.store, found)
            if reference.correct is None:
                log.warning("%s still lacks it: drops get no intervals", found.name)
        return reference

    def _new_run(self) -> Run:
        settings, context = self.context.settings, self.context
        tags = {SIGNATURE: context.signature, MEASURING: context.measuring}
        tags |= lease_tags(settings.sweep)
        name = f"baseline {settings.architecture.label} on {settings.dataset.name}"
        params = baseline_parameters(settings)
        return self.context.store.new_run(Kind.BASELINE, name, params, tags)

    def _deliver(
        self, baseline: Baseline, run: Run, targets: Sequence[Target], found: Record | None = None
    ) -> None:
        """Log files of the baseline in its run; a target that fails there fails only there.

        A run that points use already stays what it is where this is stopped, or the store fails.
        """
        if found:
            # What has lost files may have lost this, too.
            run.log_text(as_yaml(self.context.settings), SETTINGS)
        with nullcontext() if found else run.closing():
            failure = self._log(baseline, run, targets, found)
            run.tag(FAILED_TARGETS, " ".join(failure.targets) if failure else "")
        if failure:
            run.log_error(failure)
            run.end("FAILED", one_line(failure))
            log.warning("baseline: %s", failure)
        elif found:
            run.end("FINISHED")

    def _log(
        self, baseline: Baseline, run: Run, targets: Sequence[Target], found: Record | None
    ) -> TargetsFailed | None:
        """Make, measure and log the files; returns which targets failed, if any."""
        reference = Reference.of(found) if found else None
        dense = dense_answers(self.context, baseline.model)
        delivery = Delivery(self.context, run, self.context.baseline_folder, dense, reference)
        model = FinishedModel(baseline.model, _layers(baseline))
        tables = self._tables(found, run) if found else no_tables()
        try:
            files = delivery.deliver(model, targets, tables)
        except TargetsFailed as failure:
            return failure
        h5 = next((file for file in files if file.target is Target.H5), None)
        run.log_metrics(chance_figures(self.context, baseline, h5) if h5 else {})
        return None

    @contextmanager
    def _tables(self, found: Record, run: Run) -> Iterator[ReadTable]:
        """Give what reads the tables of the run; new ones are sent before another point reads."""
        with baseline_lock(self.context.settings, self.context.signature, "layers"):
            yield functools.partial(read_text, self.context.store, found)
            run.flush()


def _layers(baseline: Baseline) -> Sequence[LayerSparsity]:
    return measure_sparsity(baseline.model, requested={})
