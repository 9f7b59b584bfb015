"""Run sweeps in process namespaces of their own, as containers do that share a store."""

import os
import shutil
import signal
import time
from contextlib import suppress

from benchmarks.faults.kind import Kind
from benchmarks.faults.kinds.signals import signal_each
from benchmarks.faults.scene import NotPossible, Scene

_UNSHARE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]


def _contain(scene: Scene) -> None:
    if os.geteuid() or not shutil.which("unshare"):
        raise NotPossible("a process namespace needs root and unshare")
    scene.before = [*_UNSHARE]


def _take_over(scene: Scene) -> None:
    """Let later commands not wait until the lease of the first has run out."""
    scene.settings.append("sweep.take_over=true")


def _same(scene: Scene) -> str:
    _contain(scene)
    scene.may_refuse = True
    seconds = scene.chance.choice([0, scene.seconds(0, 8)])
    scene.start()
    time.sleep(seconds)
    scene.start()
    return f"the same sweep in two containers, {seconds:.1f} s apart"


def _killed(scene: Scene) -> str:
    _contain(scene)
    command = scene.start()
    moment = scene.reach(command)
    with suppress(ProcessLookupError):
        os.killpg(command.process.pid, signal.SIGKILL)
    command.wait()
    _take_over(scene)
    return f"its container killed, and the sweep taken up in another, {moment}"


def _slept(scene: Scene) -> str:
    """Stop a sweep, have another container take it over, and continue the first meanwhile."""
    _contain(scene)
    scene.may_refuse = True
    first = scene.start()
    moment = scene.reach(first)
    sleeping = first.tree()
    signal_each(sleeping, signal.SIGSTOP)
    _take_over(scene)
    scene.start()
    seconds = scene.seconds(5, 30)
    time.sleep(seconds)
    signal_each(sleeping, signal.SIGCONT)
    scene.settings.clear()
    return f"its container slept for {seconds:.0f} s and was taken over, {moment}"


KINDS = (
    Kind("the same sweep in two containers", _same),
    Kind("container killed", _killed),
    Kind("container asleep", _slept),
)
