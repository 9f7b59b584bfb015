"""Run sweeps where locales, folders and users are not what most people have."""

from collections.abc import Callable

from benchmarks.faults.kind import Kind
from benchmarks.faults.scene import Scene

_LOCALES = (
    {"LC_ALL": "C"},
    {"LC_ALL": "POSIX"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "ascii"},
)
_FOLDERS = ("two words", "it's", 'a "name"', "a%20b", "a#b", "a=b", "a,b", "größe", "(x) [y]")


def _killed_or_not(scene: Scene, words: str) -> str:
    command = scene.start()
    moment = scene.reach(command)
    if scene.chance.random() < 0.5:
        return words
    command.process.kill()
    return f"{words}, and the scheduler killed {moment}"


def _ascii(scene: Scene) -> str:
    locale = scene.chance.choice(_LOCALES)
    scene.variables |= locale
    return _killed_or_not(scene, " ".join(f"{name}={value}" for name, value in locale.items()))


def _folder(scene: Scene) -> str:
    name = scene.chance.choice(_FOLDERS)
    old = scene.work
    scene.name = name
    old.rename(scene.work)
    return _killed_or_not(scene, f"in a folder named {name}")


def _started_by(words: str, before: list[str]) -> Callable[[Scene], str]:
    def play(scene: Scene) -> str:
        scene.before = before
        return _killed_or_not(scene, words)

    return play


def _output_closed(scene: Scene) -> str:
    """Close what a sweep prints to, as a terminal does that goes away."""
    lines = scene.chance.randint(1, 12)
    scene.before = ["bash", "-c", f'set -o pipefail; "$@" | head -n {lines}', "bash"]
    scene.start().wait()
    scene.before = []
    return f"the output closed after {lines} lines"


KINDS = (
    Kind("output takes ASCII only", _ascii),
    Kind("name of the folder", _folder),
    Kind("no HOME", _started_by("HOME unset", ["env", "-u", "HOME"])),
    Kind("umask 077", _started_by("umask 077", ["sh", "-c", 'umask 077; exec "$@"', "sh"])),
    Kind("output closed", _output_closed),
)
