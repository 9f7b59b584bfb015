"""A command line about the best file of a sweep goes in; that file, described, comes out."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from runner.cli.limits import given
from runner.results.decision import Decision
from runner.results.finding import find_sweep
from runner.results.provenance import provenance
from runner.results.qualifying import qualify
from runner.results.rows import read
from runner.settings.targets import Target
from runner.tracking import Store


def chosen(
    arguments: argparse.Namespace, store: Store, targets: Sequence[Target]
) -> tuple[Decision, dict[str, Any]]:
    """Choose the file that keeps the limits, or else the closest one, and describe it.

    Raises:
        Refused: there is no such sweep, or its points do not compare.
        StoreFailed: the store does not answer.
    """
    results = read(store, find_sweep(store, arguments.sweep))
    found = qualify(results, arguments.max_drop, targets, arguments.where, given(arguments))
    described = found.file or found.closest
    values = provenance(results, found.baseline, described) if described else {}
    limits = {name: value for name, value in asdict(found.limits).items() if value is not None}
    values = {"qualifies": found.file is not None, "limits": limits, **values}
    return found, values if found.file else values | {"reason": found.reason}
