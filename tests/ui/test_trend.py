"""The page of a night, made from a store of thirty nights, the last of them worse."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

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
from tests.ui.axe import violations

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
    assert path.stat().st_size < 150_000
    page.context.set_offline(True)
    page.goto(path.as_uri())
    assert page.locator(".verdict").inner_text().startswith("regression")
    assert page.get_by_text("simulated, all points: accuracy").count() >= 1
    picture = page.locator("#figure-trend-0 svg.on-screens")
    assert picture.locator("g.marks").count() >= 7
    assert picture.get_by_text("regression", exact=True).is_visible()
    assert page.locator("#nights tbody tr").count() == 31
    shoot(page, "nightly")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it_day_and_night(
    page: Page, written: tuple[Verdict, Path], scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(written[1].as_uri())
    assert page.locator("#figure-trend-0 svg.on-phones").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert violations(page) == []
