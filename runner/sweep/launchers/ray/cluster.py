"""Connect to a cluster of Ray, or start one, and tell what it has room for."""

import logging
import os
import secrets
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Any

from runner.errors import Refused, one_line
from runner.planning.deciding_versions import deciding_versions
from runner.settings import Settings
from runner.sweep.launchers.ray.machine import Sender
from runner.sweep.launchers.ray.package import lay_out
from runner.sweep.launchers.ray.portable_job import users_variables
from runner.sweep.launchers.ray.share import Share

log = logging.getLogger(__name__)

_ADDRESS = "RAY_ADDRESS"
# Of the memory for objects; about the least that Ray takes. Jobs and what they say are small.
_OBJECTS = 80_000_000
# The path of a socket has at most 107 characters on Linux, of which Ray's own part takes 69.
_LONGEST = 107 - 69


class Cluster:
    """A cluster that this process is connected to, or will be."""

    def __init__(self, address: str | None, cores: int, dashboard: bool) -> None:
        """Take where the cluster is.

        Args:
            address: as Ray takes it; None: where the environment says, else a cluster of this
                machine alone is started, which ends with this process.
            cores: the number that such a cluster is to have.
            dashboard: whether such a cluster is to have one.
        """
        self._address = address or os.environ.get(_ADDRESS)
        self._cores, self._dashboard = cores, dashboard

    @property
    def is_here(self) -> bool:
        """Whether the cluster is this machine alone."""
        return self._address is None

    def connect(self, points: Iterable[Settings]) -> None:
        """Connect this process, unless it is, and hand in the code that these points need.

        Raises:
            Refused: there is no such cluster, or it has another version of Ray or Python.
        """
        # Whoever wants to report to Ray's makers sets it to 1.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        if self.is_here:
            # Ray asks for it: others on the network could run code here. It would keep its own at
            # home, and warn that it does.
            os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
            logging.getLogger("ray._private.authentication").setLevel(logging.ERROR)
        import ray

        if ray.is_initialized():
            return
        logging.getLogger("ray").setLevel(logging.WARNING)
        _keep_off_the_terminal()
        quiet: dict[str, Any] = {"configure_logging": False, "log_to_driver": False}
        with tempfile.TemporaryDirectory() as folder, _own_handlers():
            try:
                if self.is_here:
                    ray.init("local", **self._of_this_machine(), **quiet)
                else:
                    code = {"py_modules": lay_out(Path(folder), points)}
                    ray.init(self._address, runtime_env=code, **quiet)
            except (OSError, RuntimeError, ValueError) as error:
                raise Refused(
                    f"hydra.launcher.address={self._address}: {one_line(error)}"
                ) from None

    def room(self, share: Share) -> int:
        """Return how many points its machines have room for, whatever runs there now."""
        import ray

        return sum(share.room(node["Resources"]) for node in ray.nodes() if node["Alive"])

    def has_others(self) -> bool:
        """Return whether another machine than this one belongs to it."""
        import ray

        own = ray.get_runtime_context().get_node_id()
        return any(node["Alive"] and node["NodeID"] != own for node in ray.nodes())

    def require_room(self, share: Share) -> None:
        """Warn that a machine is waited for which the cluster does not have, or refuse that here.

        Raises:
            Refused: this machine is the cluster, and is not enough for one point.
        """
        if self.room(share):
            return
        if self.is_here:
            raise Refused(f"hydra/launcher=ray: a point takes {share}, which this machine has not")
        log.warning("waiting for a machine with %s: the cluster has none now", share)

    def sender(self) -> Sender:
        """Describe this machine to those that it sends jobs to."""
        import ray

        node = ray.get_runtime_context().get_node_id()
        return Sender(node, os.getcwd(), users_variables(), deciding_versions())  # noqa: PTH109

    def close(self) -> None:
        """Disconnect; a cluster of this machine ends."""
        import ray

        ray.shutdown()

    def _of_this_machine(self) -> dict[str, Any]:
        folder = get_temp_dir()
        return {
            "num_cpus": self._cores,
            "include_dashboard": self._dashboard,
            "object_store_memory": _OBJECTS,
            # Removed with all that this process leaves there, where its sockets' paths fit.
            **({"_temp_dir": f"{folder}/ray"} if len(f"{folder}/ray") < _LONGEST else {}),
        }


def _keep_off_the_terminal() -> None:
    """Log what Ray would print whenever a process or a machine is lost, dumps of its state too.

    Ray has no setting for that. Should a later version name the function otherwise, it prints.
    """
    from ray._private import worker

    worker.print_to_stdstream = lambda said, **_: log.debug("Ray: %s", "\n".join(said["lines"]))


@contextmanager
def _own_handlers() -> Iterator[None]:
    """Keep what this process does on signals: Ray sets a handler of its own."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)
