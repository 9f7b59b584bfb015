"""A real sweep, MLflow's own UI on its store, and a real browser that looks at it."""

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.helpers.hanging import HANGS_AFTER, wait_until
from tests.helpers.processes import end_tree, free_port
from tests.helpers.project import PROJECT, Shoot

# Set by `make screenshots`, which is these tests on the sweep that the README shows.
PICTURES = os.environ.get("SCREENSHOTS")
_SWEEP = "mnist" if PICTURES else "smoke"
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which a shipped sweep was run by the real command line."""
    made = tmp_path_factory.mktemp("swept")
    if PICTURES:
        # What is seen in a picture should look like anyone's folder.
        made = Path(tempfile.gettempdir()) / "pruning"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
    command = [sys.executable, "-m", "runner", f"+sweep={_SWEEP}"]
    data = os.environ.get("RUNNER_DATA")
    if data:
        (made / "data").symlink_to(Path(data).resolve())
    where = {"RUNNER_DATA": "data"} if data else {}
    subprocess.run(
        command,
        cwd=made,
        check=True,
        # Pictures are of a long sweep.
        timeout=None if PICTURES else HANGS_AFTER,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "LOGNAME": "runner", **where},
    )
    return made


@pytest.fixture(scope="session")
def ui(folder: Path) -> Iterator[str]:
    """MLflow's own UI on the store, as `make ui` starts it; its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "ui", "--port", str(port)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        end_tree(process)


def _wait_for(address: str) -> None:
    def answers() -> bool:
        try:
            urllib.request.urlopen(address, timeout=HANGS_AFTER).close()  # noqa: S310
        except OSError:
            return False
        return True

    wait_until(answers, address)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium: the test kit's would be downloaded from elsewhere."""
    # Else five seconds.
    expect.set_options(timeout=HANGS_AFTER * 1000)
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("no browser: install Chromium, as in `apt-get install chromium`")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may talk to this machine only, and fails the test when its scripts fail."""
    context = browser.new_context(viewport={"width": 1600, "height": 1000})
    context.set_default_timeout(HANGS_AFTER * 1000)
    context.route(
        lambda url: not url.startswith(("http://127.0.0.1", "file:", "blob:", "data:")),
        lambda route: route.abort(),
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def shoot() -> Shoot:
    """Keep a picture of a page, or of a part of it, where screenshots are being made."""

    def run(page: Page, name: str, selector: str | None = None) -> None:
        if PICTURES:
            # What moves in must have arrived, and an assistant must not stand before the rest.
            page.wait_for_timeout(1500)
            if page.get_by_label("Close", exact=True).count():
                page.get_by_label("Close", exact=True).first.click()
                page.wait_for_timeout(500)
            path = PROJECT / PICTURES / f"{name}.png"
            if selector:
                page.locator(selector).screenshot(path=path)
            else:
                page.screenshot(path=path)

    return run
