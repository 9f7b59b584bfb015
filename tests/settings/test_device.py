"""What is typed for a device: its budgets in units that people use."""

import pytest

from runner.errors import Refused
from runner.settings import from_hydra
from tests.helpers.project import Compose


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("device.flash=65536", 65536),
        ("device.flash=64K", 65536),
        ("device.flash=64KiB", 65536),
        ("device.flash=1.5M", 1572864),
        ("device.flash=null", None),
        ("device.ram=64KB", 65536),
        ("device.latency_ms=2.5", 2.5),
        ("device.own={ms:12.5}", {"ms": 12.5}),
        ("device.own={ms: 5}", {"ms": 5}),
        ("+device.own.ms=12.5", {"ms": 12.5}),
        ("device.own=null", {}),
    ],
)
def test_budgets_are_read(composed: Compose, typed: str, read: object) -> None:
    settings = from_hydra(composed("device=microcontroller", typed))
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
