"""Print how long a sweep of real points takes on one simulated node, and on two.

Each node is one of Ray's own on this machine, and has one core: nodes share the disk and the
memory, but no process. The store is a tracking server, which takes the files.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.fixtures.python_command import run_python
from benchmarks.scale.server import running_server
from runner.tracking import Kind, Store

_TITLES = ("nodes", "points", "seconds", "points a minute", "server: CPU, a point")
_INITIAL, _FINAL, _STEP = (0.0, 0.1, 0.2, 0.3), 0.5, 0.025
# The least that Ray takes, about.
_OBJECTS = 80_000_000


def measure(points: int) -> None:
    """Measure and print.

    Args:
        points: how many; a multiple of 4.
    """
    print(f"| {' | '.join(_TITLES)} |\n{'|---' * len(_TITLES)}|")
    for nodes in (1, 2):
        with tempfile.TemporaryDirectory(prefix="n") as name:
            print(_line(Path(name), nodes, points), flush=True)


def _line(folder: Path, nodes: int, points: int) -> str:
    with running_server(folder) as server, _cluster(nodes) as address:
        before = server.cpu_seconds()
        _sweep(folder, server.address, address, points)
        cpu = (server.cpu_seconds() - before) / points
        runs = Store(server.address, "sparsity").of_kind(Kind.POINT)
    ends = [run.ended or 0 for run in runs]
    # The baseline is trained by then.
    seconds = (max(ends) - min(run.started for run in runs)) / 1000
    cells = (
        *(f"{nodes}", f"{len(runs)}", f"{seconds:.0f}", f"{60 * len(runs) / seconds:.1f}"),
        f"{1000 * cpu:.0f} ms",
    )
    return f"| {' | '.join(cells)} |"


def _sweep(folder: Path, store: str, address: str, points: int) -> None:
    finals = ",".join(f"{_FINAL + number * _STEP:g}" for number in range(points // len(_INITIAL)))
    grid = [
        f"schedule.final_sparsity={finals}",
        f"schedule.initial_sparsity={','.join(map(str, _INITIAL))}",
    ]
    short = ["schedule.epochs=1", "baseline.epochs=1", "export.targets=[h5,tflite_int8]"]
    where = [f"tracking.uri={store}", "hydra/launcher=ray", f"hydra.launcher.address={address}"]
    own = [f"cache.folder={folder}/cache", f"hydra.sweep.dir={folder}/out", "threads=1"]
    run_python(["-m", "runner", "-m", *grid, *short, *where, *own], folder)


@contextmanager
def _cluster(nodes: int) -> Iterator[str]:
    """Give the address of a cluster of so many nodes until the block ends."""
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": _OBJECTS, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    try:
        for _ in range(nodes - 1):
            cluster.add_node(num_cpus=1, object_store_memory=_OBJECTS)
        yield str(cluster.address)
    finally:
        cluster.shutdown()
