"""The page of a night, made from a store of thirty nights, the last of them worse."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from benchmarks.fixtures.simulated_nights import MIXES, SWEEP, draw
from benchmarks.fixtures.stored_nights import store_nights
from runner.nightly.history.past import PAGE, PastNight, comparable
from runner.nightly.history.points import File
from runner.nightly.judge.regression import Tolerance
from runner.nightly.judge.verdict import Verdict, judge
from runner.nightly.report import notify
from tests.helpers.project import Shoot

pytestmark = pytest.mark.ui


def _worse(file: File) -> File:
    return replace(file, accuracy=file.accuracy - 0.02)


@pytest.fixture
def written(tmp_path: Path) -> tuple[Verdict, Path]:
    """Write thirty good nights to a store, and judge a bad one by what is read back."""
    nights = draw(31, MIXES[1], np.random.default_rng(1))
    facts = {"versions": "tensorflow 2.20.0"}
    known = store_nights(
        [
            replace(each.night, name=f"2026-10-{number:02}", facts=facts)
            for number, each in enumerate(nights[:-1], start=1)
        ],
        tmp_path,
    )
    bad = replace(
        nights[-1].changed(_worse).night, name="2026-10-31", facts={"versions": "tensorflow 2.21.0"}
    )
    verdict = judge(bad, comparable(known, 14, [SWEEP]), Tolerance(), [])
    notify.write(verdict, [*known, PastNight(bad, verdict.word, accepted=False)], tmp_path)
    return verdict, tmp_path / PAGE


def test_the_trend_opens_offline_and_names_what_got_worse(
    page: Page, written: tuple[Verdict, Path], shoot: Shoot
) -> None:
    verdict, path = written
    assert (verdict.word, verdict.code) == ("regression", 4)
    assert path.stat().st_size < 6_000_000
    page.context.set_offline(True)
    page.goto(path.as_uri())
    assert page.locator(".verdict").inner_text().startswith("regression")
    assert page.get_by_text("simulated, all points: accuracy").count() >= 1
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert page.locator(".js-plotly-plot .scatterlayer .trace").count() >= 7
    assert page.locator("#nights tbody tr").count() == 31
    shoot(page, "nightly")
