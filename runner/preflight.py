"""Settings go in; a refusal comes out where they cannot work, before TensorFlow is imported."""

from runner import data
from runner.architectures import ARCHITECTURES, Shape
from runner.refusal import Refused
from runner.settings import ArchitectureSettings, ScheduleSettings, Settings


def check(settings: Settings) -> None:
    """Check everything that needs the disk or more than one group, cheapest first.

    Raises:
        Refused: the first thing that cannot work.
    """
    _dense_layers_exist(settings.architecture, settings.schedule)
    architecture, dataset = settings.architecture, settings.dataset
    if data.local_file(dataset) is None:
        _architecture_takes(architecture, data.SHAPES[dataset.name], dataset.name)
    shape = data.load(dataset, settings.cache.folder).shape
    _architecture_takes(architecture, shape, dataset.name)


def _dense_layers_exist(architecture: ArchitectureSettings, schedule: ScheduleSettings) -> None:
    prunable = ARCHITECTURES[architecture.name].prunable
    for name in schedule.dense_layers:
        if name not in prunable:
            raise Refused(
                f"schedule.dense_layers: {name} is no layer that {architecture.name} prunes; "
                f"it prunes {', '.join(prunable)}"
            )


def _architecture_takes(architecture: ArchitectureSettings, shape: Shape, dataset: str) -> None:
    least = ARCHITECTURES[architecture.name].least_side
    if min(shape[:2]) < least:
        raise Refused(
            f"architecture={architecture.name}: takes images of at least {least}x{least} pixels; "
            f"dataset={dataset} has {shape[0]}x{shape[1]}"
        )
