"""Spoil what a tracking server answers."""

import time
from collections.abc import Callable

from benchmarks.faults import proxy
from benchmarks.faults.kind import SERVED, Kind
from benchmarks.faults.proxy import Proxy, Trouble
from benchmarks.faults.scene import Scene

_RETRY_AFTER = [("Retry-After", "2")]


def _proxy(scene: Scene) -> Proxy:
    scene.served.proxy.random = scene.chance
    return scene.served.proxy


def _losing(spoil: proxy.Spoil, words: str) -> Callable[[Scene], str]:
    """Spoil a few answers, from a moment on."""

    def play(scene: Scene) -> str:
        command = scene.start()
        moment = scene.reach(command)
        trouble = Trouble(spoil, scene.chance.choice([0.2, 0.5, 1]), scene.chance.randint(1, 4))
        trouble.writes = scene.chance.random() < 0.8
        with _proxy(scene).spoiling(trouble):
            command.wait()
        which = "writes" if trouble.writes else "requests"
        return f"{words}: {trouble.happened} {which}, {moment}"

    return play


def _lasting(spoils: list[tuple[str, proxy.Spoil]]) -> Callable[[Scene], str]:
    """Spoil all answers for some seconds, or until the command has ended."""

    def play(scene: Scene) -> str:
        command = scene.start()
        moment = scene.reach(command)
        words, spoil = scene.chance.choice(spoils)
        trouble = Trouble(spoil, writes=scene.chance.random() < 0.3)
        seconds = scene.chance.choice([scene.seconds(0.5, 12), scene.seconds(0.5, 40)])
        with _proxy(scene).spoiling(trouble):
            end = time.monotonic() + seconds
            while time.monotonic() < end and command.process.poll() is None:
                time.sleep(0.05)
        return f"{words} for {seconds:.0f} s to {trouble.happened} requests, {moment}"

    return play


def _pause(scene: Scene) -> str:
    command = scene.start()
    moment = scene.reach(command)
    seconds = scene.seconds(1, 20)
    end = time.monotonic() + seconds
    with _proxy(scene).spoiling(Trouble(proxy.wait(lambda: time.monotonic() > end))):
        time.sleep(seconds)
    return f"no answer for {seconds:.0f} s, {moment}"


def _server_killed(scene: Scene) -> str:
    scene.mends.callback(scene.served.start)
    command = scene.start()
    moment = scene.reach(command)
    scene.served.kill()
    time.sleep(scene.seconds(0, 5))
    scene.mends.pop_all().close()
    return f"the server killed and started again, {moment}"


_STATUSES = [
    (str(status), proxy.refuse(status, headers))
    for status, headers in (
        (429, _RETRY_AFTER),
        (500, []),
        (502, []),
        (503, _RETRY_AFTER),
        (401, []),
        (403, []),
    )
]

KINDS = (
    Kind("answers lost", _losing(proxy.lose, "answers lost"), SERVED),
    Kind("answers cut short", _losing(proxy.cut, "answers cut short"), SERVED),
    Kind("connections reset", _lasting([("connections reset", proxy.reset)]), SERVED),
    Kind("status codes", _lasting(_STATUSES), SERVED),
    Kind("server pauses", _pause, SERVED),
    Kind("server killed", _server_killed, SERVED),
)
