"""TensorFlow has one door, MLflow one folder, and what needs neither imports neither."""

import json
import subprocess
import sys
from pathlib import Path

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import PROJECT
from tests.helpers.source_code import files, imports, module_of

TENSORFLOW = (
    "tensorflow", "tf_keras", "keras", "tensorflow_model_optimization",
    "ai_edge_litert.interpreter",
)  # fmt: skip
# MLflow copies it into models: it imports nothing of the runner, so it has a door of its own.
SERVED = Path("runner/tracking/served.py")
# What imports TensorFlow when it is imported itself, relative to runner/: whole folders and files.
WITH_TENSORFLOW = (
    "backend.py", "completion/conversion.py", "compress", "measure", "training",
    "channels/cut.py", "channels/dry_run.py", "channels/graph.py", "channels/joining.py",
    "channels/layer_counts.py", "channels/narrow.py", "channels/rules.py",
    "channels/selection.py",
    "export/convert.py", "export/frozen_model.py",
    "models/build.py", "models/clone.py", "models/deploy.py", "models/flatten.py",
    "models/outputs.py", "models/preprocessing.py",
    "models/keras3/convert.py", "models/keras3/layer.py", "models/keras3/operations.py",
    "models/summary.py",
    "prune/dry_run.py", "prune/mask_update.py", "prune/pruning.py",
    "prune/pruning_training.py", "prune/sparsity.py", "prune/sparsity_schedule.py",
    "prune/tensorboard.py", "prune/wrappers.py", "prune/xnnpack_policy.py",
    "planning/checks.py", "planning/scale_check.py",
    "point/baseline_run.py",
    "point/chance_figures.py", "point/class_record.py", "point/deliver.py",
    "point/dense_answers.py", "point/device_figures.py", "point/kept_answers.py",
    "point/kept_devices.py",
    "point/kept_figures.py", "point/kept_reference.py",
    "point/pending.py",
    "point/run.py", "point/shared_weights.py", "point/stage_log.py",
    "point/target_files.py", "point/tensorboard.py",
    # Redirects its own output besides.
    "sweep/launchers/local/preload.py",
)  # fmt: skip
# What a refusal needs is imported without MLflow too.
WITHOUT_MLFLOW = (
    "runner.settings", "runner.data", "runner.models", "runner.prune", "runner.planning",
    "runner.process", "runner.cli", "runner.errors",
)  # fmt: skip


def importers(*libraries: str) -> dict[Path, list[str]]:
    """Name the files of the runner that import one of these libraries, late or not."""
    found: dict[Path, list[str]] = {}
    for path in files("runner"):
        lines = [
            f"{path}:{line}" for name, line in imports(path) if name.split(".")[0] in libraries
        ]
        if lines:
            found[path] = lines
    return found


def test_tensorflow_has_one_door() -> None:
    assert set(importers(*TENSORFLOW)) <= {Path("runner/backend.py"), SERVED}


def test_mlflow_has_one_folder() -> None:
    folder = Path("runner/tracking")
    assert all(path.is_relative_to(folder) for path in importers("mlflow"))


def test_what_mlflow_copies_into_models_needs_no_runner() -> None:
    assert not [name for name, _ in imports(SERVED) if name.split(".")[0] == "runner"]


def test_files_without_tensorflow_are_imported_without_it() -> None:
    names = [module_of(path) for path in files("runner") if not needs_tensorflow(path)]
    # Those of folders that MLflow has no business in come first.
    names.sort(key=lambda name: not name.startswith(WITHOUT_MLFLOW))
    script = (
        "import importlib, json, sys\nfound = {}\nfor name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "    found[name] = [each for each in ('tensorflow', 'mlflow') if each in sys.modules]\n"
        "print(json.dumps(found))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *names],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    assert [name for name in names if "tensorflow" in found[name]] == []
    light = [name for name in names if name.startswith(WITHOUT_MLFLOW)]
    assert len(light) > 40
    assert [name for name in light if "mlflow" in found[name]] == []


def test_every_file_named_here_is_there() -> None:
    for path in (*WITH_TENSORFLOW, SERVED):
        assert (PROJECT / "runner" / path).exists() or (PROJECT / path).exists()


def needs_tensorflow(path: Path) -> bool:
    """Tell whether a file may import TensorFlow when it is imported itself."""
    inside = path.relative_to("runner")
    hydras = "plugins" in inside.parts
    return (
        hydras
        or inside.name == "__main__.py"
        or any(inside.is_relative_to(each) for each in WITH_TENSORFLOW)
    )
