"""Lock, fill, close, delete and garble the database of a local store."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress

from benchmarks.faults.kind import EVERYWHERE, LOCAL, Kind
from benchmarks.faults.scene import Scene

_TABLES = ("metrics", "latest_metrics", "tags", "params", "runs")


def _lock(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command)
    seconds = scene.seconds(1, 25)
    with closing(sqlite3.connect(scene.database, timeout=10, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        database.execute("ROLLBACK")
    return f"locked for {seconds:.0f} s, {moment}"


def _close(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command)
    return f"nothing can be written to {close_tables(scene)}, {moment}"


def close_tables(scene: Scene) -> str:
    """Let a table take nothing more until it is mended, as one that others may only read."""
    tables = scene.chance.choice([(scene.chance.choice(_TABLES),), _TABLES])
    changes = [(change, table) for change in ("INSERT", "UPDATE") for table in tables]
    _execute(scene, [_CLOSE.format(change=change, table=table) for change, table in changes])
    opens = [f"DROP TRIGGER closed_{change}_{table}" for change, table in changes]
    scene.mends.callback(_execute, scene, opens)
    return " ".join(tables)


_CLOSE = """
    CREATE TRIGGER closed_{change}_{table} BEFORE {change} ON {table}
    BEGIN SELECT RAISE(ABORT, 'attempt to write a readonly database'); END
"""


def _execute(scene: Scene, statements: Sequence[str]) -> None:
    with closing(sqlite3.connect(scene.database, timeout=30)) as database, database:
        for statement in statements:
            database.execute(statement)


def _delete(scene: Scene) -> str:
    scene.destroyed = True
    command = scene.start()
    moment = scene.reach(command)
    for ending in ("", "-journal", "-wal", "-shm"):
        scene.database.with_name(f"{scene.database.name}{ending}").unlink(missing_ok=True)
    return f"the database deleted, {moment}"


def _garble(scene: Scene) -> str:
    scene.destroyed = True
    command = scene.start()
    moment = scene.reach(command)
    size = scene.database.stat().st_size
    how = scene.chance.choice(["header", "middle", "cut"])
    with scene.database.open("r+b") as file:
        if how == "cut":
            file.truncate(scene.chance.randrange(1, size))
        else:
            file.seek(0 if how == "header" else scene.chance.randrange(size // 2))
            file.write(scene.chance.randbytes(size // 4))

    def set_aside() -> None:
        with suppress(FileNotFoundError):
            scene.database.replace(scene.folder / "garbled.db")
        scene.database.with_name(f"{scene.database.name}-journal").unlink(missing_ok=True)

    scene.mends.callback(set_aside)
    return f"the database garbled ({how}), {moment}"


def _half_made(scene: Scene) -> str:
    """Kill the command while it makes the tables of a new store."""
    scene.database.unlink()
    command = scene.start()
    while command.process.poll() is None and not _has_content(scene):
        time.sleep(0.01)
    seconds = scene.seconds(0, 2)
    time.sleep(seconds)
    command.process.kill()
    return f"killed {seconds:.2f} s after the database was there"


def _has_content(scene: Scene) -> bool:
    with suppress(FileNotFoundError):
        return scene.database.stat().st_size > 0
    return False


KINDS = (
    Kind("database locked", _lock, EVERYWHERE),
    Kind("store takes nothing", _close, EVERYWHERE),
    Kind("database deleted", _delete, LOCAL),
    Kind("database garbled", _garble, LOCAL),
    Kind("half-made store", _half_made, LOCAL),
)
