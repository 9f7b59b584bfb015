"""Nights that choose a file for a device: judged by the picks for it, and by its bytes there."""

from dataclasses import replace

import pytest

from runner.nightly.history.past import GOOD, PastNight
from runner.nightly.history.points import File, NightPoint
from runner.nightly.history.records import Night, NightSweep, Pick
from runner.nightly.judge.regression import Kind, Tolerance, check
from runner.nightly.report.trends import trend

SWEEP, POINT, TARGET = "+sweep=nightly device=microcontroller", "a", "tflm_pruned_int8"
MICRO = "microcontroller"


def _night(flash: float | None, zipped: float = 500.0, device: str = MICRO) -> Night:
    """Tonight, or a night like it: one file, which is the pick."""
    file = File(0.95, 0.95, 900.0, zipped, flash)
    point = NightPoint(POINT, "FINISHED", 10.0, {TARGET: file})
    pick = Pick(POINT, TARGET, zipped, 0.95, flash)
    sweep = NightSweep(SWEEP, {POINT: point}, pick, device=device)
    return Night("n", "n", {SWEEP: sweep}, {})


def _found(tonight: Night, good: list[Night]) -> list[tuple[Kind, str]]:
    findings = check(tonight, good, Tolerance()).findings
    return [(finding.kind, finding.text) for finding in findings if finding.kind is Kind.PICK]


def test_a_pick_is_judged_by_its_bytes_on_the_device() -> None:
    good = [_night(1000.0)] * 5
    assert not _found(_night(1000.0), good)
    assert not _found(_night(1010.0), good)
    ((_, text),) = _found(_night(1100.0), good)
    assert text == (
        f"{SWEEP}: the file to ship was {TARGET} of a (1,000 bytes of flash, validation accuracy "
        "95.00%), now tflm_pruned_int8 of a (1,100 bytes of flash, validation accuracy 95.00%)"
    )


def test_zipped_bytes_of_the_pick_play_no_part_there() -> None:
    assert not _found(_night(1000.0, zipped=600.0), [_night(1000.0)] * 5)


def test_nights_that_chose_for_another_device_have_no_say() -> None:
    before = [_night(None, zipped=100.0, device="phone")] * 5
    judgement = check(_night(1000.0, zipped=100.0), before, Tolerance())
    assert judgement.findings == ()
    assert judgement.not_judged == (
        f"{SWEEP}: the file to ship is not judged against nights before, which chose it for "
        "another device than microcontroller",
    )
    both = [*before, *[_night(1000.0, zipped=100.0)] * 3]
    assert not check(_night(1000.0, zipped=100.0), both, Tolerance()).not_judged
    assert _found(_night(1100.0, zipped=100.0), both)


def test_a_pick_that_the_device_no_longer_runs_is_found() -> None:
    lost = _night(None)
    sweep = replace(lost.sweeps[SWEEP], pick=None)
    ((_, text),) = _found(replace(lost, sweeps={SWEEP: sweep}), [_night(1000.0)] * 5)
    assert text.endswith("and now no file is fit")


@pytest.mark.parametrize(
    ("device", "title"), [(MICRO, "bytes of flash"), ("phone", "zipped bytes")]
)
def test_the_trend_shows_the_bytes_by_which_it_was_chosen(device: str, title: str) -> None:
    flash = None if device == "phone" else 1000.0
    nights = [_night(None, device="phone"), _night(flash, device=device)]
    figure = trend([PastNight(night, GOOD, accepted=False) for night in nights], SWEEP)
    assert figure is not None
    assert figure.layout.yaxis2.title.text == f"picked, {title}"
    (picked,) = (trace for trace in figure.data if trace.name == f"picked, {title}")
    # What another device took does not compare.
    assert picked.y == ((500.0, 500.0) if device == "phone" else (None, 1000.0))


def test_nights_of_before_there_were_devices_are_read() -> None:
    night = _night(None, device="phone")
    known = night.as_dict()
    sweep = known["sweeps"][SWEEP]
    del sweep["device"], sweep["pick"]["flash_bytes"]
    del sweep["points"][POINT]["files"][TARGET]["flash_bytes"]
    assert Night.from_dict(known) == night
