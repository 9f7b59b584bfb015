"""Run commands in processes forked from one that has imported what they import.

Importing TensorFlow and MLflow takes seconds of every process that a test starts. A forked process
has its own folder, environment, arguments and output as any other; what it imports is there.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import util
from pathlib import Path
from typing import Any, NoReturn

from tests.helpers.hanging import HANGS_AFTER

# What a refusal and the help need.
LIGHT = (
    "runner.cli.hydra_line",
    "runner.sweep.sweeper",
    "runner.planning.preflight",
    "runner.planning.grid",
)
# What a sweep and its points need, TensorFlow and MLflow among it.
HEAVY = (
    *LIGHT,
    "runner.point.run",
    "runner.report.publish",
    "mlflow.store.tracking.sqlalchemy_store",
)
_LARGEST_MESSAGE = 1 << 17
_TRAP = """
import os, pathlib
pathlib.Path(__file__).with_name("imported").touch()
os._exit(99)
"""


def trap(folder: Path, *libraries: str) -> dict[str, str]:
    """Make an environment in which importing one of these libraries ends the process with 99.

    A file `imported` in the library's folder, under `trap`, says so, whichever process it was.
    """
    for name in libraries:
        (folder / "trap" / name).mkdir(parents=True)
        (folder / "trap" / name / "__init__.py").write_text(_TRAP)
    return {"PYTHONPATH": str(folder / "trap")}


class ForkingServer:
    """A process that has imported modules, and forks one for each command."""

    def __init__(
        self, modules: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        """Start it with further variables; what a command prints goes through files in a folder."""
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.helpers import forking; forking.serve()", *modules],
            cwd=Path(__file__).parents[2],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, arguments: Sequence[str], folder: Path, environment: dict[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        """Run `python -m runner` with these arguments in a folder, as `subprocess.run` does."""
        out, err = self._folder / "out", self._folder / "err"
        asked = {
            "arguments": list(arguments),
            "folder": str(folder),
            "environment": environment,
            "out": str(out),
            "err": str(err),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        code = self._process.stdout.readline()
        assert code, "the process that forks others is gone"
        return subprocess.CompletedProcess(
            list(arguments), int(code), out.read_text(), err.read_text()
        )

    def close(self) -> None:
        """Let it end."""
        self._process.communicate()


def serve() -> None:
    """Fork a process for each line of standard input, and print the code it ends with."""
    before = set(os.environ)
    for name in sys.argv[1:]:
        importlib.import_module(name)
    # What was imported may have set variables that it reads later.
    set_by_imports = {name: os.environ[name] for name in set(os.environ) - before}
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            asked["environment"] = {**set_by_imports, **asked["environment"]}
            _become(asked)
            return
        print(_code(child), flush=True)


def _code(child: int) -> int:
    """Wait for a process; it is killed when it hangs."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(HANGS_AFTER)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    return os.waitstatus_to_exitcode(status)


def _become(asked: dict[str, Any]) -> None:
    """Be a process that was started with these arguments, and run the command line."""
    os.chdir(asked["folder"])
    _set_environment(asked["environment"])
    for number, path in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, number)
        os.close(opened)
    vars(util)["spawnv_passfds"] = _fork_of_a_fork_server(util.spawnv_passfds)
    sys.argv = ["runner", *asked["arguments"]]
    # It would be run a second time.
    sys.modules.pop("runner.__main__", None)
    runpy.run_module("runner", run_name="__main__", alter_sys=True)


def _set_environment(environment: dict[str, str]) -> None:
    begins_with = {"", str(Path.cwd()), *_search_path()}
    os.environ.clear()
    os.environ.update(environment)
    others = (path for path in sys.path if path not in begins_with)
    sys.path[:] = [str(Path.cwd()), *_search_path(), *others]


def _search_path() -> list[str]:
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


def _fork_of_a_fork_server(start: Callable[..., int]) -> Callable[..., int]:
    """Prepare a process to be multiprocessing's fork server, should one be started.

    It is forked before anything happens here, so that it is as one that was just started.
    """
    here, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    prepared = os.fork()
    if not prepared:
        here.close()
        _wait_and_be_a_fork_server(theirs)
    theirs.close()
    # Its end is what closes it.
    connection = here.detach()

    def forked(path: bytes, arguments: Sequence[str], passed: Sequence[int]) -> int:
        if "multiprocessing.forkserver" not in arguments[-1]:
            return start(path, arguments, passed)
        message = json.dumps([dict(os.environ), arguments[-1], list(passed)])
        with socket.socket(fileno=os.dup(connection)) as ours:
            socket.send_fds(ours, [message.encode()], passed)
        return prepared

    return forked


def _wait_and_be_a_fork_server(theirs: socket.socket) -> NoReturn:
    message, passed, _, _ = socket.recv_fds(theirs, _LARGEST_MESSAGE, 2)
    theirs.close()
    if not message:
        os._exit(0)
    environment, code, numbers = json.loads(message)
    _set_environment(environment)
    # A terminal's Ctrl-C is for the process that starts it, which ignores it meanwhile.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    there, here = (f"main({first}, {second}," for first, second in (numbers, passed))
    assert there in code
    exec(code.replace(there, here))  # noqa: S102
    os._exit(0)
