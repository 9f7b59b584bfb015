from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.network import Network, network, require_namespaces

pytestmark = pytest.mark.cluster


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Network]:
    require_namespaces()
    with network(tmp_path) as made:
        made.add("north")
        made.add("south")
        yield made


def test_machines_reach_each_other_until_a_link_is_cut(pair: Network) -> None:
    north, south = pair.machines
    (north.work / "page").write_text("hello")
    server = north.start(["python3", "-m", "http.server", "8000"], "server.txt")
    ask = ["python3", "-c", _ASK.format(address=north.address)]
    assert south.run(ask).stdout.strip() == "hello"
    south.cut_link()
    assert "URLError" in south.run(ask).stdout
    south.mend_link()
    assert south.run(ask).stdout.strip() == "hello"
    assert server.pid in north.kill("http.server")
    assert server.wait()


def test_a_machine_sees_neither_files_nor_processes_of_another(pair: Network) -> None:
    north, south = pair.machines
    (north.folder / "tmp/secret").write_text("mine")
    assert south.run(["hostname"]).stdout.strip() == "south"
    assert south.run(["cat", north.folder / "tmp/secret"]).returncode
    assert north.run(["cat", north.folder / "tmp/secret"]).stdout == "mine"
    north.start(["sleep", "1000"], "sleep.txt")
    assert "sleep 1000" not in south.run(["ps", "-ef"]).stdout
    north.switch_off()
    assert not north.processes()


_ASK = """
import time, urllib.request
end = time.monotonic() + 2
while True:
    try:
        print(urllib.request.urlopen("http://{address}:8000/page", timeout=1).read().decode())
        break
    except OSError:
        if time.monotonic() > end:
            raise
        time.sleep(0.1)
"""
