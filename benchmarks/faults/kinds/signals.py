"""Kill, end, interrupt and stop the processes of a sweep."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import psutil

from benchmarks.faults.command import Command
from benchmarks.faults.kind import Kind
from benchmarks.faults.moment import Phase
from benchmarks.faults.scene import Scene

# While points or their baseline are worked on.
WORKING: Sequence[Phase] = ("baseline", "points")


def _to(
    whom: str, send: Callable[[int, int], None], number: signal.Signals
) -> Callable[[Scene], str]:
    def play(scene: Scene) -> str:
        command = scene.start()
        moment = scene.reach(command)
        with suppress(ProcessLookupError):
            send(command.process.pid, number)
        return f"{number.name} to {whom}, {moment}"

    return play


def _to_scheduler(number: signal.Signals) -> Callable[[Scene], str]:
    return _to("the scheduler", os.kill, number)


def _to_all(number: signal.Signals) -> Callable[[Scene], str]:
    """As a terminal does, which has all of a command in one group."""
    return _to("all processes", os.killpg, number)


def workers(command: Command) -> list[psutil.Process]:
    """Return the processes that work on points: the children of the fork server."""
    return [worker for server in _named(command, "forkserver") for worker in server.children(True)]


def _named(command: Command, word: str) -> list[psutil.Process]:
    """Return the scheduler's own children with this word in their command line."""
    found = []
    for process in command.tree()[1:]:
        with suppress(psutil.Error):
            line = " ".join(process.cmdline())
            if word in line and process.ppid() == command.process.pid:
                found.append(process)
    return found


def _to_worker(number: signal.Signals) -> Callable[[Scene], str]:
    def play(scene: Scene) -> str:
        command = scene.start()
        moment = scene.reach(command, WORKING)
        return f"{number.name} to {_send(scene, workers(command), number)} worker, {moment}"

    return play


def _to_helper(word: str) -> Callable[[Scene], str]:
    def play(scene: Scene) -> str:
        command = scene.start()
        moment = scene.reach(command, WORKING)
        return f"SIGKILL to {_send(scene, _named(command, word), signal.SIGKILL)} {word}, {moment}"

    return play


def _send(scene: Scene, processes: Sequence[psutil.Process], number: signal.Signals) -> str:
    if not processes:
        return "no"
    with suppress(psutil.Error):
        scene.chance.choice(processes).send_signal(number)
    return "a"


def _stop(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command)
    who = scene.chance.choice(["scheduler", "worker", "all"])
    seconds = scene.seconds(0.5, 8)
    tree = command.tree()
    stopped = {"scheduler": tree[:1], "worker": workers(command)[:1], "all": tree}[who]
    signal_each(stopped, signal.SIGSTOP)
    time.sleep(seconds)
    signal_each(stopped, signal.SIGCONT)
    return f"stopped for {seconds:.1f} s: {who}, {moment}"


def signal_each(processes: Sequence[psutil.Process], number: signal.Signals) -> None:
    """Send a signal to those of the processes that are still there."""
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(number)


KINDS = (
    Kind("kill the scheduler", _to_scheduler(signal.SIGKILL)),
    Kind("end the scheduler", _to_scheduler(signal.SIGTERM)),
    Kind("interrupt the scheduler", _to_scheduler(signal.SIGINT)),
    Kind("hang up", _to_all(signal.SIGHUP)),
    Kind("Ctrl-C", _to_all(signal.SIGINT)),
    Kind("kill all", _to_all(signal.SIGKILL)),
    Kind("end all", _to_all(signal.SIGTERM)),
    Kind("kill a worker", _to_worker(signal.SIGKILL)),
    Kind("end a worker", _to_worker(signal.SIGTERM)),
    Kind("kill the fork server", _to_helper("forkserver")),
    Kind("kill the tracker", _to_helper("resource_tracker")),
    Kind("stop and continue", _stop),
)
