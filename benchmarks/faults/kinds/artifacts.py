"""Remove what finished points have logged, while their sweep goes on."""

import shutil

from benchmarks.faults.kind import Kind
from benchmarks.faults.scene import Scene
from benchmarks.faults.stored_runs import StoredRun, Unreadable


def _remove(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command, ["points"])
    try:
        runs = [run for run in scene.read() if run.files and run.kind in {"point", "baseline"}]
    except Unreadable:
        runs = []
    if not runs:
        return f"nothing to remove, {moment}"
    scene.destroyed = True
    run = scene.chance.choice(runs)
    return f"{_remove_some(scene, run)} of {run.name} removed, {moment}"


def _remove_some(scene: Scene, run: StoredRun) -> str:
    models = [name for name in run.files if name.startswith("models/")]
    if scene.chance.random() < 0.5 or not models:
        shutil.rmtree(run.folder)
        return "everything"
    name = scene.chance.choice(models)
    (run.folder / name).unlink()
    return name


KINDS = (Kind("artifacts removed", _remove),)
