"""Select the file of a sweep that meets criteria, or the one closest to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runner.device.budgets import Budgets
from runner.device.request import Request
from runner.errors import Refused
from runner.results.choice import Limits
from runner.results.correct_rows import with_correct
from runner.results.decision import Decision, decide, decision
from runner.results.device_rows import with_device_rows
from runner.results.evidence import Evidence
from runner.results.evidence_values import evidence_values
from runner.results.lookup import find_sweep
from runner.results.provenance import provenance
from runner.results.rows import Results, by_data, read, says_which_images, varying
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.tracking import Store

# Gives the rows of a sweep what a request needs.
Complete = Callable[[Store, Results, Request], Results]


@dataclass(frozen=True)
class Criteria:
    """The points to choose among, and the limits of their file.

    Attributes:
        targets: kinds of files to choose from.
        max_drop: share of validation accuracy that a file may lose; None for the sweep's limit.
        where: settings that a point must have, with their values.
        limits: most bytes, milliseconds and multiply-accumulates, by the names of `Limits`.
        device: what the file must run on; None for the sweep's own device.
        confidence: with which the drop must be within its limit; None for the sweep's own.
        budgets: the room on it; what is None there is as the sweep has it, where the device is one
            of the sweep's own.
    """

    targets: tuple[Target, ...] = tuple(Target)
    max_drop: float | None = None
    where: tuple[tuple[str, str], ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)
    device: Device | None = None
    budgets: Budgets = field(default_factory=Budgets)
    confidence: float | None = None

    def request(self, results: Results) -> Request:
        """Say what the file is for, and the room there, as these criteria and the sweep say."""
        own = results.request
        device = self.device or own.device
        # The room on another device is another one.
        budgets = self.budgets.over(own.budgets) if device in own.devices else self.budgets
        return Request((device,), budgets)


def select(
    store: Store, sweep: str, criteria: Criteria, complete: Complete = with_device_rows
) -> tuple[Decision, dict[str, Any]]:
    """Choose a sweep's file that meets the criteria, or else the closest one, and describe it.

    Args:
        complete: gives the rows of the sweep what the device needs.

    Returns:
        The decision, and the file's figures and origin as plain values.

    Raises:
        Refused: there is no such sweep, or its points do not compare.
        StoreFailed: the store does not answer.
    """
    results = fitting(read(store, find_sweep(store, sweep)), criteria)
    results = with_correct(store, complete(store, results, criteria.request(results)))
    result = qualify(results, criteria)
    file = result.file or result.closest
    values = provenance(results, result.baseline, file) if file else {}
    if file and file.device is not Device.PHONE:
        values["on_device"] = file.fit.values
    evidence = Evidence.of(result)
    if evidence:
        values["evidence"] = evidence_values(evidence)
    limits = {"device": str(result.device), "limits": result.limits.values}
    values = {"qualifies": result.file is not None, **limits, **values}
    return result, values if result.file else values | {"reason": result.reason}


def qualify(results: Results, criteria: Criteria) -> Decision:
    """Choose among the points with these settings, by the sweep's own drop unless one is given.

    Raises:
        Refused: no point has these settings, or their accuracies do not compare.
    """
    return decision(fitting(results, criteria).rows, limits_of(results, criteria))


def qualify_all(results: Results, criteria: Criteria) -> list[Decision]:
    """Choose for each data set alone, among the points with these settings.

    Raises:
        Refused: no point has these settings.
    """
    return decide(narrowed(results, criteria.where).rows, limits_of(results, criteria))


def limits_of(results: Results, criteria: Criteria) -> Limits:
    """Return what a file must keep: what the criteria do not say is as the sweep has it."""
    drop = results.max_drop if criteria.max_drop is None else criteria.max_drop
    request = criteria.request(results)
    limits: dict[str, Any] = dict(criteria.limits)
    limits |= {"device": request.device, "budgets": request.budgets}
    limits["confidence"] = criteria.confidence or results.confidence
    return Limits(drop, criteria.targets, **limits)


def fitting(results: Results, criteria: Criteria) -> Results:
    """Return the sweep with those of its points only that have the settings.

    Raises:
        Refused: no point has these settings, or their accuracies do not compare.
    """
    found = narrowed(results, criteria.where)
    rows = found.rows
    if len(by_data(rows)) > 1:
        names = [name for name in varying([row.point for row in rows]) if says_which_images(name)]
        raise Refused(
            f"SWEEP={results.name}: has points on several data sets, whose accuracies do not "
            f"compare; choose one with --where SETTING=VALUE of {', '.join(names)}"
        )
    return found


def narrowed(results: Results, where: Sequence[tuple[str, str]]) -> Results:
    """Return the sweep with those of its points only that have these settings.

    Raises:
        Refused: no point has them.
    """
    rows = list(results.rows)
    for name, value in where:
        values = sorted({row.point.params.get(name, "") for row in rows})
        rows = [row for row in rows if row.point.params.get(name) == value]
        if not rows:
            known = ", ".join(values).strip(", ") or "no such setting"
            raise Refused(f"--where {name}={value}: must be a value that a point has: {known}")
    return replace(results, rows=tuple(rows))
