import subprocess
import sys

from runner.process import liveness


def test_a_process_is_known_by_its_start_and_not_only_its_number() -> None:
    host, boot, number, started = liveness.this_process().split()
    assert not liveness.is_gone(liveness.this_process())
    assert liveness.is_gone(f"{host} {boot} {number} {int(started) - 100}")
    assert liveness.is_gone(f"{host} another-boot {number} {started}")


def test_a_process_that_ended_is_gone_and_one_elsewhere_is_not_known() -> None:
    command = "from runner.process import liveness; print(liveness.this_process())"
    done = subprocess.run(
        [sys.executable, "-c", command], stdout=subprocess.PIPE, text=True, check=True
    )
    assert liveness.is_gone(done.stdout.strip())
    assert not liveness.is_gone("other-host " + done.stdout.strip().partition(" ")[2])
    assert not liveness.is_gone("")
