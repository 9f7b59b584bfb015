"""Tell of every file of a sweep whether its accuracy drop is within the sweep's limit."""

from collections.abc import Mapping

from runner.results.choice import candidates
from runner.results.rows import Results, by_data
from runner.settings.devices import Device
from runner.settings.targets import Target
from runner.statistics.certainty import Certainty

# By the run id of its point, and its kind.
Certainties = Mapping[tuple[str, Target], Certainty]


def certainties(results: Results, device: Device = Device.PHONE) -> Certainties:
    """Judge the files of points by the validation images; what nobody can judge is left out.

    Files of points that differ in nothing but their seed are judged together, and get one word.
    """
    judged = [
        (candidate, certainty)
        for rows in by_data(results.rows)
        for candidate in candidates(rows, device, results.confidence)
        if (certainty := candidate.certainty(results.max_drop))
    ]
    return {
        (file.point.id, file.target): certainty
        for candidate, certainty in judged
        for file in candidate.files
    }
