"""Refuse settings that cannot work, before TensorFlow is imported."""

from collections.abc import Callable, Sequence

import numpy as np

from runner.data.dataset import Dataset, load
from runner.data.sources import SHAPES, local_file
from runner.errors import ImpossiblePoint, Refused
from runner.export.tflm.makeable import left_out
from runner.files import private_folder
from runner.models.architectures import ARCHITECTURES, Shape
from runner.models.layer_plan import plan
from runner.planning.examination import Examination
from runner.planning.file_inspection import require_fit
from runner.planning.inspection import Sample, inspect
from runner.planning.request import Request, content
from runner.planning.writable import require_writable
from runner.prune.layer_rules import check_schedule
from runner.settings import ArchitectureSettings, AugmentSettings, Settings
from runner.settings.overrides import as_override
from runner.settings.suggestion import suggestion

# Training images that a model with weights is tried on.
_SAMPLE = 500


def check(settings: Settings, typed: Sequence[str] = ()) -> Settings:
    """Check everything that needs the disk or more than one group, cheapest first.

    Args:
        typed: the overrides that the settings were composed with; what stands there was chosen.

    Returns:
        The settings to work with: a model that scales pixels itself is fed with what it expects.

    Raises:
        ImpossiblePoint: the architecture does not go with the data, schedule or compression.
        Refused: another setting cannot work; the first one found is named.
    """
    architecture, dataset = settings.architecture, settings.dataset
    _require_known(architecture)
    _require_a_file(settings)
    # A sweep has already inspected the models of all its points.
    in_sweep = bool(settings.sweep.run_id)
    if not in_sweep:
        require_fit(architecture)
    content(architecture)
    shipped = architecture.name in ARCHITECTURES
    if shipped:
        check_schedule(plan(architecture.name), settings.schedule, architecture.name)
    require_writable({"cache.folder": settings.cache.folder}, settings.tracking.uri)
    private_folder.make(settings.cache.folder)
    if shipped and local_file(dataset, settings.cache.folder) is None:
        _require_large_images(architecture.name, SHAPES[dataset.name], dataset.name)
    loaded = load(dataset, settings.cache.folder)
    if shipped:
        _require_large_images(architecture.name, loaded.shape, dataset.name)
    _require_images_to_vary(settings.augment, loaded.shape)
    tried = settings.schedule.depends_on_shapes or settings.channels.removes
    if not in_sweep and (not shipped or tried):
        chosen = any(override.lstrip("+").startswith("dataset.scale=") for override in typed)
        request = _request(settings, loaded, chosen)
        settings = _fed(settings, inspect(request, _sample(architecture, loaded)))
    _require_scaling_outside(settings)
    return settings


def _fed(settings: Settings, examination: Examination) -> Settings:
    """Return the settings with the range of pixels that the model expects."""
    if not examination.scale:
        return settings
    dataset = settings.dataset.model_copy(update={"scale": examination.scale})
    return settings.model_copy(update={"dataset": dataset})


def _require_known(architecture: ArchitectureSettings) -> None:
    known = (*ARCHITECTURES, "keras_file", "callable")
    if architecture.name not in known:
        accepted = f"{', '.join(known)}{suggestion(architecture.name, known)}"
        raise Refused(f"architecture.name={architecture.name}: must be one of {accepted}")


def _require_a_file(settings: Settings) -> None:
    """Refuse targets of which the point would have none."""
    targets = settings.export.targets
    without = left_out(targets, settings.compress.name)
    if len(without) == len(targets):
        reason = next(iter(without.values()))
        raise ImpossiblePoint(f"export.targets=[{','.join(targets)}]: {reason}")


def _require_images_to_vary(augment: AugmentSettings, shape: Shape) -> None:
    shift = augment.shift
    for name, value in augment.varied.items() if len(shape) != 3 else ():
        still = as_override(AugmentSettings.model_fields[name].default)
        raise ImpossiblePoint(
            f"augment.{name}={value}: must be {still} for data of the shape {shape}"
        )
    if shift and shift >= min(shape[:2]):
        raise ImpossiblePoint(
            f"augment.shift={shift}: must be less than the side of an image; these have "
            f"{shape[0]}x{shape[1]} pixels"
        )


def _require_scaling_outside(settings: Settings) -> None:
    """Refuse files that scale pixels where the quantization of these was not learned."""
    compress, dataset = settings.compress, settings.dataset
    if dataset.scale_in_file and compress.quantizes and dataset.scale != "0..255":
        raise ImpossiblePoint(
            f"dataset.scale_in_file=true: must be false with compress={compress.name}, whose "
            "quantization is learned on scaled pixels"
        )


def _request(settings: Settings, loaded: Dataset, chosen: bool) -> Request:
    return Request(
        architecture=settings.architecture,
        schedule=settings.schedule,
        compress=settings.compress,
        shape=loaded.shape,
        classes=loaded.class_set,
        scale=loaded.scale,
        scale_is_chosen=chosen,
        targets=settings.export.targets,
        data=loaded.digest,
        channels=settings.channels,
    )


def _sample(architecture: ArchitectureSettings, loaded: Dataset) -> Callable[[], Sample] | None:
    """Return what draws training images to try a model on; None where it has no weights yet."""
    if architecture.name != "keras_file" or not architecture.check_scale:
        return None

    def draw() -> Sample:
        images, labels = loaded.train.images, loaded.train.labels
        chosen = np.random.default_rng(0).permutation(len(images))[:_SAMPLE]
        pixels = loaded.scale.pixels(images[chosen]) / np.float32(255)
        return pixels, labels[chosen]

    return draw


def _require_large_images(architecture: str, shape: Shape, dataset: str) -> None:
    least = ARCHITECTURES[architecture].least_side
    if len(shape) != 3 and any(layer.kind.endswith("2D") for layer in plan(architecture)):
        raise ImpossiblePoint(
            f"architecture={architecture}: takes images (height, width, channels); "
            f"dataset={dataset} has the shape {shape}"
        )
    if min(shape[:2]) < least:
        raise ImpossiblePoint(
            f"architecture={architecture}: takes images of at least {least}x{least} pixels; "
            f"dataset={dataset} has {shape[0]}x{shape[1]}"
        )
