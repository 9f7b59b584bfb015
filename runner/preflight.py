"""Settings go in; a refusal comes out where they cannot work, before TensorFlow is imported."""

import os
from pathlib import Path

from runner import data
from runner.architectures import ARCHITECTURES, Shape
from runner.refusal import ImpossiblePoint, Refused
from runner.settings import Settings


def check(settings: Settings) -> None:
    """Check everything that needs the disk or more than one group, cheapest first.

    Raises:
        ImpossiblePoint: the architecture does not go with the data or with the schedule.
        Refused: the first other thing that cannot work.
    """
    architecture, dataset = settings.architecture.name, settings.dataset
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise Refused(f"architecture.name={architecture}: must be one of {known}")
    _dense_layers_exist(architecture, settings.schedule.dense_layers)
    _cache_can_be_written(settings.cache.folder)
    if data.local_file(dataset) is None:
        _architecture_takes(architecture, data.SHAPES[dataset.name], dataset.name)
    shape = data.load(dataset, settings.cache.folder).shape
    _architecture_takes(architecture, shape, dataset.name)


def _dense_layers_exist(architecture: str, names: tuple[str, ...]) -> None:
    prunable = ARCHITECTURES[architecture].prunable
    for name in names:
        if name not in prunable:
            raise ImpossiblePoint(
                f"schedule.dense_layers: {name} is no layer that {architecture} prunes; "
                f"it prunes {', '.join(prunable)}"
            )


def _cache_can_be_written(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror
    else:
        reason = None if os.access(folder, os.W_OK) else "no permission to write"
    if reason:
        raise Refused(f"cache.folder={folder}: must be a folder to write into ({reason})")


def _architecture_takes(architecture: str, shape: Shape, dataset: str) -> None:
    least = ARCHITECTURES[architecture].least_side
    if min(shape[:2]) < least:
        raise ImpossiblePoint(
            f"architecture={architecture}: takes images of at least {least}x{least} pixels; "
            f"dataset={dataset} has {shape[0]}x{shape[1]}"
        )
