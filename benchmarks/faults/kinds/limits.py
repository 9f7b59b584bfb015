"""Take memory, file handles and room for files away from a process of a sweep."""

import resource
from collections.abc import Sequence
from contextlib import suppress

import psutil

from benchmarks.faults.command import Command
from benchmarks.faults.kind import Kind
from benchmarks.faults.kinds.signals import WORKING, workers
from benchmarks.faults.scene import Scene


def _memory(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command, WORKING)
    room = scene.chance.choice([1, 16, 64])
    for process in _some(scene, command):
        _limit(process, resource.RLIMIT_AS, process.memory_info().vms + room * 2**20)
    return f"{room} MiB more memory and no more, {moment}"


def _handles(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command)
    more = scene.chance.randint(0, 4)
    for process in _some(scene, command):
        _limit(process, resource.RLIMIT_NOFILE, process.num_fds() + more)
    return f"{more} more file handles, {moment}"


def _file_size(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command)
    size = scene.chance.choice([0, 4096, 65536])
    for process in _some(scene, command):
        _limit(process, resource.RLIMIT_FSIZE, size)
    return f"no file above {size} B, {moment}"


def _some(scene: Scene, command: Command) -> Sequence[psutil.Process]:
    """Choose the scheduler, or a worker where there is one."""
    tree, busy = command.tree(), workers(command)
    return [scene.chance.choice([tree[0], *busy[:1]])] if tree else []


def _limit(process: psutil.Process, kind: int, most: int) -> None:
    with suppress(psutil.Error, OSError, ValueError):
        resource.prlimit(process.pid, kind, (most, most))


KINDS = (
    Kind("memory", _memory),
    Kind("file handles", _handles),
    Kind("size of files", _file_size),
)
