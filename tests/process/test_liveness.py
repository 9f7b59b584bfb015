"""Names of processes: their own machine knows which have ended, and no other one does."""

import os
import subprocess
import sys

import pytest

from runner.process import liveness
from runner.process.holder import this_holder

_NAME = "from runner.process import liveness; print(liveness.this_process())"


def test_a_process_is_known_by_its_start_and_not_only_its_number() -> None:
    *place, number, started = liveness.this_process().split()
    assert liveness.is_alive(liveness.this_process())
    assert liveness.is_gone(" ".join([*place, number, str(int(started) - 100)]))


def test_a_process_that_ended_is_gone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _NAME], stdout=subprocess.PIPE, text=True, check=True
    )
    assert liveness.is_gone(done.stdout.strip())


def test_of_another_boot_or_container_nothing_is_known_whatever_the_host_is_called() -> None:
    host, boot, namespace, number, _ = liveness.this_process().split()
    for place in (f"{host} another-boot {namespace}", f"{host} {boot} 4026531000"):
        assert liveness.is_alive(f"{place} {number} 1") is None
    assert liveness.is_gone(f"renamed {boot} {namespace} {number} 1")
    for unreadable in ("", "-", "a b c d e", "a b c d e f"):
        assert liveness.is_alive(unreadable) is None


def test_names_of_before_namespaces_are_still_read() -> None:
    host, boot, _, number, started = liveness.this_process().split()
    assert liveness.is_alive(f"{host} {boot} {number} {started}")
    assert liveness.is_gone(f"{host} {boot} {number} 1")
    assert liveness.is_gone(f"{host} another-boot {number} {started}")
    assert liveness.is_alive(f"other-host another-boot {number} {started}") is None
    assert liveness.is_alive(f"other-host {boot} {number} {started}") is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a namespace")
@pytest.mark.parametrize("mount", [["--mount-proc"], []], ids=["own /proc", "the machine's /proc"])
def test_another_namespace_on_the_same_machine_judges_nobody_here(mount: list[str]) -> None:
    program = (
        "import sys; from runner.process import liveness; "
        "print(liveness.is_alive(sys.argv[1]), liveness.is_alive(liveness.this_process())); "
        "print(liveness.this_process())"
    )
    enter = ["unshare", "--pid", "--fork", *mount, sys.executable, "-c", program]
    done = subprocess.run(
        [*enter, liveness.this_process()], capture_output=True, text=True, check=True
    )
    judged, name = done.stdout.splitlines()
    assert judged == ("None True" if mount else "None None")
    assert liveness.is_alive(name) is None


def test_a_fork_is_a_holder_of_its_own() -> None:
    here = this_holder()
    assert here == this_holder()
    assert len(here) == 12
    receiving, sending = os.pipe()
    if not os.fork():
        os.write(sending, this_holder().encode())
        os._exit(0)
    os.wait()
    assert os.read(receiving, 20).decode() != here
