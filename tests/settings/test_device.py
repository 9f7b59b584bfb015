"""What is typed for a device: its budgets in units that people use."""

import re

import pytest

from runner.device.budgets import Budgets
from runner.errors import ImpossiblePoint, Refused
from runner.settings import from_hydra
from runner.settings.byte_count import in_units
from tests.helpers.project import Compose

COMMAND = "measure.command='time {file}'"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("device.flash=65536", 65536),
        ("device.flash=64K", 65536),
        ("device.flash=64KiB", 65536),
        ("device.flash=1.5M", 1572864),
        ("device.flash=null", None),
        ("device.ram=64KB", 65536),
        ("device.own={ms:12.5}", {"ms": 12.5}),
        ("device.own={ms: 5}", {"ms": 5}),
        ("+device.own.ms=12.5", {"ms": 12.5}),
        ("device.own=null", {}),
    ],
)
def test_budgets_are_read(composed: Compose, typed: str, read: object) -> None:
    settings = from_hydra(composed("device=microcontroller", COMMAND, typed))
    assert getattr(settings.device, typed.partition("=")[0].split(".")[1]) == read


@pytest.mark.parametrize(
    "typed",
    [
        *("device.flash=0", "device.ram=-1K", "device.flash=64k", "device.flash=true"),
        *("device.latency_ms=true", "device.own={ms:-1}", "device.own={ms: true}"),
        *("device.own={ms: false}", "device.own={ms: '5'}", "device.own={ms: .nan}"),
    ],
)
def test_what_is_no_budget_is_refused(composed: Compose, typed: str) -> None:
    with pytest.raises(Refused, match=typed.partition("=")[0]):
        from_hydra(composed("device=microcontroller", typed))


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (["device.own={ms: 5}"], "device.own={ms: 5}: must be empty without a measure.command"),
        (["device=microcontroller", "device.latency_ms=5"], "which nothing here times: a measure."),
        (["devices=[ethos_u55_128,microcontroller]", "device.latency_ms=5"], "a microcontroller"),
        (["device.latency_ms=5"], "device.latency_ms=5.0: must be null for a phone without meas"),
        (["devices=[ethos_u55_128,phone]", "device.latency_ms=5"], "measure.latency=true"),
        (["device=microcontroller", "device.latency_ms=5", "measure.latency=true"], "device.own"),
    ],
)
def test_a_budget_on_what_is_not_measured_is_impossible(
    composed: Compose, typed: list[str], line: str
) -> None:
    with pytest.raises(ImpossiblePoint, match=re.escape(line)):
        from_hydra(composed(*typed))


@pytest.mark.parametrize(
    "typed",
    [
        ["device.own={ms: 5}", COMMAND],
        ["device=ethos_u55_128", "device.latency_ms=5"],
        ["device.latency_ms=5", "measure.latency=true"],
        # The devices asked for count, not the one that they stand instead of.
        ["devices=[ethos_u55_128]", "device=microcontroller", "device.latency_ms=5"],
    ],
)
def test_a_budget_on_what_is_measured_is_taken(composed: Compose, typed: list[str]) -> None:
    assert Budgets.of(from_hydra(composed(*typed)).device).values


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (1.2, "1 byte"), (2, "2 bytes"), (1024, "1K"), (1536, "1.5K")],
)
def test_bytes_are_said_as_people_say_them(count: float, words: str) -> None:
    assert in_units(count) == words
