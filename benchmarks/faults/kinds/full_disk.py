"""Let a disk become full, which only a small file system of its own can do safely."""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from benchmarks.faults.kind import LOCAL, Kind
from benchmarks.faults.scene import NotPossible, Scene

_SIZE = 256 * 2**20


def _fill(scene: Scene) -> str:
    what = scene.chance.choice(["work", "work", "temporary"])
    folder = {"work": scene.work, "temporary": scene.temporary}[what]
    _mount(scene, folder)
    command = scene.start()
    moment = scene.reach(command)
    left = scene.chance.choice([0, 4096, 300_000])
    filler = folder / "filler"
    with filler.open("wb") as file, suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(folder).free - left))
    scene.mends.callback(filler.unlink)
    return f"{left} bytes left on the disk of the {what} files, {moment}"


def _mount(scene: Scene, folder: Path) -> None:
    """Put a small file system in the folder's place, with what the folder holds."""
    if os.geteuid():
        raise NotPossible("a file system of its own needs root")
    aside = folder.with_name(f"{folder.name}.aside")
    folder.rename(aside)
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        raise NotPossible("no file system can be mounted")
    scene.ends.callback(subprocess.run, ["umount", "--lazy", str(folder)], check=False)
    shutil.copytree(aside, folder, dirs_exist_ok=True)
    shutil.rmtree(aside)


KINDS = (Kind("disk full", _fill, LOCAL),)
