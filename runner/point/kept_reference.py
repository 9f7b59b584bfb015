"""Keep the figures that points are compared with, for when the store does not answer."""

import tempfile
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runner.backend import save_h5
from runner.errors import one_line
from runner.files import private_folder
from runner.measure.correct_table import Correct, correct_csv, read_correct
from runner.measure.file_sizes import zipped_bytes
from runner.measure.measurement import classify
from runner.models.deploy import deployable
from runner.models.outputs import gives_logits, taken_by
from runner.point.context import PointContext
from runner.point.deliver import as_files_take_it
from runner.point.dense_answers import dense_answers
from runner.point.reference import Reference
from runner.settings.cache_paths import reference_file
from runner.settings.targets import Target
from runner.statistics.paired import Bits
from runner.tracking import StoreFailed
from runner.training.baseline import Baseline

# Scaling inside of the file rounds otherwise, which may change some answers.
_CLOSE = 0.005


class _Kept(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    run_id: Annotated[str, Field(pattern=r"^[\w-]{1,64}$")]
    zip_bytes: Annotated[float, Field(gt=0)]
    accuracy: Annotated[float, Field(ge=0, le=1)]
    warning: Annotated[str, Field(pattern=r"^[\x20-\x7e]{0,500}$")]
    correct: str

    @classmethod
    def of(cls, reference: Reference) -> Self:
        """Take what is kept."""
        bits = reference.correct
        return cls(
            run_id=reference.run_id,
            zip_bytes=reference.zip_bytes,
            accuracy=reference.accuracy,
            warning=reference.warning,
            correct=correct_csv({Target.H5: bits}) if bits else "",
        )


def keep(context: PointContext, reference: Reference) -> None:
    """Keep the figures as the store holds them now."""
    path = reference_file(context.settings, context.signature, context.measuring)
    private_folder.require(context.settings.cache.folder, path)
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(_Kept.of(reference).model_dump_json(), encoding="utf-8")
    private_folder.close_to_others(unfinished)
    unfinished.replace(path)


def find(context: PointContext, baseline: Baseline) -> Reference | None:
    """Find the figures as the store last held them; None where there are none.

    The cache is not trusted: they are compared with the bytes and the answers of the model.

    Raises:
        ValueError: they are not those of this baseline.
        Refused: the file is not its user's alone.
    """
    path = reference_file(context.settings, context.signature, context.measuring)
    if not path.is_file():
        return None
    with private_folder.open_own(context.settings.cache.folder, path) as file:
        text = file.read()
    try:
        kept = _Kept.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    test, zipped = _test_bits(context, baseline), _zip_bytes(context, baseline)
    accuracy = float(np.mean(test))
    if not _is_close(abs(kept.accuracy - accuracy), test):
        raise ValueError(f"an accuracy of {kept.accuracy:.2%}; the model has {accuracy:.2%}")
    if abs(kept.zip_bytes / zipped - 1) > _CLOSE:
        raise ValueError(f"{kept.zip_bytes:,.0f} zipped bytes; the model has {zipped:,}")
    correct = _correct(context, baseline, kept, test) if kept.correct else None
    return Reference(kept.run_id, kept.zip_bytes, kept.accuracy, kept.warning, correct)


def last_known(context: PointContext, baseline: Baseline, failure: StoreFailed) -> Reference:
    """Return the figures that the store last held, where it does not answer now.

    Raises:
        StoreFailed: there are none.
    """
    try:
        kept = find(context, baseline)
    except ValueError as fault:
        raise StoreFailed(f"{failure}; the figures in the cache say {one_line(fault)}") from None
    if kept is None:
        raise failure
    return kept


def _correct(context: PointContext, baseline: Baseline, kept: _Kept, test: Bits) -> Correct:
    """Read which images are classified right, and compare it with the model."""
    found = read_correct(kept.correct).get(Target.H5)
    own = Correct(context.data.digest, _validation_bits(context, baseline), test)
    if found is None or not found.is_of_images_of(own):
        raise ValueError("correct answers that are damaged, or to other images")
    if float(np.mean(found.test)) != kept.accuracy:
        raise ValueError(f"correct answers that make no accuracy of {kept.accuracy:.2%}")
    for one, other in ((found.validation, own.validation), (found.test, own.test)):
        if not _is_close(float(np.mean(one != other)), one):
            raise ValueError(f"{np.sum(one != other)} correct answers that are not the model's")
    return found


def _is_close(difference: float, bits: Bits) -> bool:
    """Tell whether so small a share of the images is answered otherwise."""
    return difference <= _CLOSE + 1 / len(bits)


def _test_bits(context: PointContext, baseline: Baseline) -> Bits:
    labels = taken_by(baseline.model, context.data).test.labels
    return np.asarray(dense_answers(context, baseline.model) == labels)


def _validation_bits(context: PointContext, baseline: Baseline) -> Bits:
    model = baseline.model
    validation = taken_by(model, context.data).validation
    answers = classify(model, validation.images, gives_logits(model))
    return np.asarray(answers == validation.labels)


def _zip_bytes(context: PointContext, baseline: Baseline) -> int:
    _, scale = as_files_take_it(context, baseline.model)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Target.H5.file_name
        save_h5(deployable(baseline.model, scale), str(path))
        return zipped_bytes(path)
