import subprocess
import sys

from runner import process


def test_a_process_is_known_by_its_start_and_not_only_its_number() -> None:
    host, boot, number, started = process.myself().split()
    assert not process.is_gone(process.myself())
    assert process.is_gone(f"{host} {boot} {number} {int(started) - 100}")
    assert process.is_gone(f"{host} another-boot {number} {started}")


def test_a_process_that_ended_is_gone_and_one_elsewhere_is_not_known() -> None:
    command = "from runner import process; print(process.myself())"
    done = subprocess.run(
        [sys.executable, "-c", command], stdout=subprocess.PIPE, text=True, check=True
    )
    assert process.is_gone(done.stdout.strip())
    assert not process.is_gone("other-host " + done.stdout.strip().partition(" ")[2])
    assert not process.is_gone("")
