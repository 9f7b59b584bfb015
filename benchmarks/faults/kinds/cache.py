"""Take away or damage what a sweep keeps in its cache and its output folder."""

import shutil
from pathlib import Path

from benchmarks.faults.kind import Kind
from benchmarks.faults.scene import Scene


def _delete_cache(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command)
    shutil.rmtree(scene.cache, ignore_errors=True)
    return f"the cache deleted, {moment}"


def _damage_cache(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command)
    files = [path for path in sorted(scene.cache.rglob("*")) if path.is_file()]
    if not any(path.stat().st_size for path in files):
        return f"nothing in the cache to damage, {moment}"
    path = scene.chance.choice([path for path in files if path.stat().st_size])
    how = damage(scene, path)
    return f"{path.relative_to(scene.cache)} {how}, {moment}"


def damage(scene: Scene, path: Path) -> str:
    """Cut a file short, empty it, or write into it; returns which of these."""
    content = path.read_bytes()
    how = scene.chance.choice(["cut", "emptied", "garbled"])
    middle = scene.chance.randrange(len(content))
    noise = scene.chance.randbytes(min(64, len(content) - middle))
    changed = {
        "cut": content[:middle],
        "emptied": b"",
        "garbled": content[:middle] + noise + content[middle + len(noise) :],
    }
    # Not in its place: whoever reads it now has the old one, as with a disk that fails later.
    path.with_name(f"{path.name}.new").write_bytes(changed[how])
    path.with_name(f"{path.name}.new").replace(path)
    return how


def _delete_output(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command)
    shutil.rmtree(scene.work / "multirun", ignore_errors=True)
    return f"the output folder deleted, {moment}"


KINDS = (
    Kind("cache missing", _delete_cache),
    Kind("cache damaged", _damage_cache),
    Kind("output folder missing", _delete_output),
)
