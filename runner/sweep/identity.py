"""Identify a sweep, and what is asked of the files that it has."""

import hashlib
import json
from collections.abc import Sequence

from runner.device.request import Request
from runner.planning.fingerprint import sweep_fingerprint
from runner.planning.grid import Point
from runner.settings import Settings
from runner.settings.overrides import as_override
from runner.tracking import Record
from runner.tracking.tags import CONFIDENCE, DEVICE, MAX_DROP, MEASURE, SEARCH


def sweep_key(name: str, points: Sequence[Point]) -> str:
    """Identify a sweep by its name and all of its points."""
    # A night resumes its own sweep, never that of another night.
    night = points[0].settings.sweep.night
    unique_name = f"{name} of {night}" if night else name
    # A search has some of these points, and the sweep of all of them has others.
    if points[0].settings.search.is_adaptive:
        unique_name = f"{unique_name} by search"
    return sweep_fingerprint(unique_name, [point.fingerprint for point in points])


def asked(settings: Settings) -> dict[str, str]:
    """Return what is asked of files that are there, as tags; a command may hold a secret."""
    measure = json.dumps(settings.measure.model_dump(mode="json"))
    digest = hashlib.sha256(measure.encode()).hexdigest()[:16]
    tags = {
        DEVICE: Request.of(settings).text,
        MEASURE: digest,
        MAX_DROP: str(settings.report.max_drop),
        CONFIDENCE: as_override(settings.report.confidence),
    }
    if settings.search.is_adaptive:
        tags[SEARCH] = json.dumps(settings.search.model_dump(mode="json"))
    return tags


def answers(sweep: Record, settings: Settings) -> bool:
    """Tell whether a sweep was asked the same of its files."""
    # Nobody could ask earlier versions for a confidence.
    tags = {CONFIDENCE: as_override(None), **sweep.tags}
    return all(tags.get(tag, text) == text for tag, text in asked(settings).items())
