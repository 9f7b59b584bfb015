"""Damage what waits for a store, and let a store come back empty."""

import sqlite3
from contextlib import closing

from benchmarks.faults.kind import SERVED, Kind
from benchmarks.faults.kinds.cache import damage
from benchmarks.faults.kinds.database import close_tables
from benchmarks.faults.kinds.signals import WORKING
from benchmarks.faults.scene import Scene

_OF_EXPERIMENT = "experiment_id IN (SELECT experiment_id FROM experiments WHERE name = ?)"
_OF_RUNS = f"run_uuid IN (SELECT run_uuid FROM runs WHERE {_OF_EXPERIMENT})"  # noqa: S608
_FORGET = (
    *(f"DELETE FROM {table} WHERE {_OF_RUNS}" for table in ("metrics", "latest_metrics", "tags")),  # noqa: S608
    f"DELETE FROM params WHERE {_OF_RUNS}",  # noqa: S608
    f"DELETE FROM runs WHERE {_OF_EXPERIMENT}",  # noqa: S608
    "DELETE FROM experiments WHERE name = ?",
)


def _damage_leavings(scene: Scene) -> str:
    """Have points wait in the cache for a store that takes nothing, and damage them there."""
    command = scene.start()
    moment = scene.reach(command, ["points"])
    tables = close_tables(scene)
    command.wait()
    files = [path for path in sorted((scene.cache / "unlogged").rglob("*")) if path.is_file()]
    if not files:
        return f"nothing left to damage, {moment}"
    path = scene.chance.choice(files)
    how = damage(scene, path)
    return f"{tables} closed, and {path.relative_to(scene.cache)} {how}, {moment}"


def _forget(scene: Scene) -> str:
    """Delete the experiment with all its runs, as a server has that comes back without its disk."""
    scene.destroyed = True
    command = scene.start()
    moment = scene.reach(command, ["start", *WORKING])
    with closing(sqlite3.connect(scene.database, timeout=30)) as database, database:
        for statement in _FORGET:
            database.execute(statement, (scene.experiment,))
    return f"the server came back empty, {moment}"


KINDS = (
    Kind("leavings damaged", _damage_leavings),
    Kind("server came back empty", _forget, SERVED),
)
