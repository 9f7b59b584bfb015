"""A sweep ends within moments of a stop though its tracking server hangs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runner.tracking import Kind, Store
from tests.helpers.gateway import gateway
from tests.helpers.hanging import HANGS_AFTER, read_until
from tests.helpers.mlflow_server import tracking_server
from tests.helpers.tiny import quick


@pytest.mark.long
def test_a_stop_waits_for_a_server_that_hangs_once(
    npz: Path, tmp_path: Path, empty_store: Path
) -> None:
    (tmp_path / "server").mkdir()
    with tracking_server(tmp_path / "server", empty_store) as port, gateway(port) as server:
        sweep = ["schedule.epochs=2,100000", "export.targets=[h5]"]
        process = subprocess.Popen(
            [sys.executable, "-m", "runner", "-m", *quick(npz), *sweep, "hydra.launcher.n_jobs=1"],
            cwd=tmp_path, env={**os.environ, "MLFLOW_TRACKING_URI": server.address()},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            read_until(process, "started: epochs=100000")
            server.hangs = True
            server.asked.clear()
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=HANGS_AFTER)
        finally:
            process.kill()
        asked = list(server.asked)
        server.hangs = False
        (left,) = Store(f"http://127.0.0.1:{port}", "sparsity").of_kind(Kind.SWEEP)
    assert process.returncode == 143, out
    assert out.count("stopping without the store, which does not answer") == 1
    assert "no table" not in out
    assert "Traceback" not in out
    # One request, twice; its lease and its worker may each have been asking something.
    assert len(asked) <= 2 + 2 + 2, asked
    assert left.status == "RUNNING"
