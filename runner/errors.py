"""Root the tree of the runner's exceptions, and write any exception in one line.

    RunnerError                 known to happen; its text is all that a user needs
    ├── Refused                 settings or arguments that cannot work: exit code 2
    │   └── ImpossiblePoint     values that are fine alone but not together
    ├── StepFailed              a step of one point failed
    │   ├── Diverged            training          (training/train.py)
    │   ├── DamagedCache        a cached baseline (training/cached_baseline.py)
    │   ├── SparsityMissed      pruning           (prune/pruning.py)
    │   ├── StageBroke          compression       (compress/invariants.py)
    │   ├── Unquantizable       compression       (compress/qat_scheme.py)
    │   ├── NotEncoded          export            (export/tflm/encoded_file.py)
    │   └── TargetsFailed       export or measuring (point/deliver.py)
    ├── Unfit                   a user's own model (models/errors.py), before it is Refused
    │   ├── UnfitForData
    │   └── NoTwin              a layer of Keras 3 (models/keras3)
    ├── StoreFailed             MLflow            (tracking/connection.py)
    ├── TakenOver               a run that another process went on with (tracking/lease.py)
    ├── NotAsPlanned            a point whose model, data or code changed (planning/plan.py)
    ├── Unlogged                a finished point that no store holds (point/run.py)
    ├── JobFailed               an exception in a worker process     (point/outcome.py)
    ├── Lost                    a worker process that ended early    (point/outcome.py)
    ├── PointsFailed            points of a sweep (sweep/dispatch.py)
    ├── NotReported             a sweep whose report is in no store (sweep/final_report.py)
    ├── Silent                  Slurm, for now (sweep/launchers/slurm/cluster.py)
    ├── NotStarted              MLflow's UI (ui/local_server.py)
    ├── SweepFailed             a sweep that Python started           (api.py)
    ├── NothingQualifies        no file is to ship                    (report/best_file.py)
    ├── Incomplete              what a stored run cannot get (completion/incomplete.py): a warning
    ├── CommandFailed           measure.command (device/own_command.py): a warning
    ├── Exhausted               a process of its own  (process/isolated.py), before it is Refused
    └── Busy                    another night runs: exit code 3      (nightly/run/lock.py)

Seven more never come that far, because whoever calls for them answers them: UnfitFile for a file
that must not be read (files/regular_file.py), Unreadable for an image of a folder
(data/image_folder/picture.py), Untrue for figures that were kept (point/kept_devices.py), _Wrong
for answers of a baseline in the cache (point/dense_answers.py), Unequal for an encoded file with
answers of its own (export/tflm/verify.py), Unusable for a folder of jobs that are gone
(sweep/launchers/slurm/batch.py), and Unknown for a champion that nothing can be compared with
(promotion/champion_file.py).

The commands answer with one line and exit code 1, where the tree names no other. An exception
outside of the tree is a fault of the runner's own, and ends a command with its traceback.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.files.regular_file import UnfitFile

_PACKAGE = Path(__file__).resolve().parent


class RunnerError(Exception):
    """What the runner knows may happen; the text says everything that a user needs to know."""


class Refused(RunnerError):
    """Settings that cannot be worked with; the text is the one line shown to the user."""


class ImpossiblePoint(Refused):
    """Values that are fine alone but not together, as a grid may well produce them."""


class StepFailed(RunnerError):
    """A step of one point failed; the name of its type says which, so one line begins with it."""


@contextmanager
def refusing_unreadable(setting: str, path: Path | None) -> Iterator[None]:
    """Let the block look at a path of the user's.

    Raises:
        Refused: the system does not let it, for the name is too long or a permission is missing, or
            it is no regular file; names the setting.
    """
    try:
        yield
    except UnfitFile as reason:
        raise Refused(f"{setting}={path}: {reason}") from None
    except OSError as error:
        raise Refused(f"{setting}={path}: cannot be read ({error.strerror or error})") from None


def one_line(error: BaseException) -> str:
    """Fold the text of an error into one line, led by its type where the text says little."""
    text = " ".join(str(error).split())
    if not text:
        return type(error).__name__
    whole = isinstance(error, RunnerError) and not isinstance(error, StepFailed)
    return text if whole else f"{type(error).__name__}: {text}"


def is_fault(error: BaseException) -> bool:
    """Tell whether a line of this package raised what is outside of the tree.

    What a library or a user's own file raises is no such fault.
    """
    if isinstance(error, RunnerError):
        return False
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and Path(frames[-1].f_code.co_filename).is_relative_to(_PACKAGE)
