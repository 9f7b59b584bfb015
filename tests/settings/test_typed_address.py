import os

import pytest

from runner.errors import Refused
from runner.settings.secret_text import VARIABLE
from runner.settings.typed_address import hide, masked_argument

LONG = "http://me:S3cr3t@host/x"
SHOWN = "http://me:***@host/x"


@pytest.mark.parametrize(
    ("argument", "shown", "address"),
    [
        (f"tracking.uri={LONG}", f"tracking.uri='{SHOWN}'", LONG),
        (f"++tracking.uri={LONG}", f"++tracking.uri='{SHOWN}'", LONG),
        (f"tracking.uri='{LONG}'", f"tracking.uri='{SHOWN}'", LONG),
        (f'tracking.uri="{LONG}"', f"tracking.uri='{SHOWN}'", LONG),
        (r"tracking.uri='http://me:S3\'cr3t@host'", "tracking.uri='http://me:***@host'",
         "http://me:S3'cr3t@host"),
        ("tracking.uri=http://me:S3,cr3t@host", "tracking.uri='http://me:***@host'",
         "http://me:S3,cr3t@host"),
        ("tracking.uri=http://me:S3 cr3t/@host", "tracking.uri='http://***'",
         "http://me:S3 cr3t/@host"),
        ("tracking.uri=me:S3cr3t@host", "tracking.uri='***'", "me:S3cr3t@host"),
        (f"hydra.sweeper.params={{tracking.uri: '{LONG}', seed: '1,2'}}",
         f"hydra.sweeper.params={{tracking.uri: '{SHOWN}', seed: '1,2'}}", LONG),
        (f"hydra.sweeper.points=[{{tracking.uri: {LONG}}}]",
         f"hydra.sweeper.points=[{{tracking.uri: {SHOWN}}}]", LONG),
        ("tracking={uri: http://me:S3/cr@3t@host}", "tracking={uri: http://***}",
         "http://me:S3/cr@3t@host"),
        (f"hydra.sweeper.params.tracking.uri={LONG}",
         f"hydra.sweeper.params.tracking.uri='{SHOWN}'", LONG),
        (f"--tracking-uri={LONG}", f"--tracking-uri={SHOWN}", LONG),
        (LONG, SHOWN, LONG),
        (f"{VARIABLE}={LONG}", f"{VARIABLE}={SHOWN}", LONG),
    ],
)  # fmt: skip
def test_an_address_is_masked_wherever_it_stands_in_an_argument(
    argument: str, shown: str, address: str
) -> None:
    assert masked_argument(argument) == (shown, [address])
    assert masked_argument(shown) == (shown, [])


@pytest.mark.parametrize(
    "argument",
    [
        "seed=1,2",
        "tracking.uri=sqlite:////a b/c.db",
        "tracking.uri=sqlite:///a.db,sqlite:///b.db",
        "tracking.uri=http://localhost:5000,http://localhost:5001",
        "tracking.uri=null",
        "tracking.uri=${oc.env:PLACE}",
        "tracking.uri='http://me:${oc.env:WORD}@host'",
        "hydra.sweeper.params={schedule.epochs: '1,2'}",
        "hydra.run.dir='/a b/${now:%H}'",
        "--tracking-uri",
    ],
)
def test_every_other_argument_stays_as_it_is(argument: str) -> None:
    assert masked_argument(argument) == (argument, [])


def test_the_whole_address_goes_into_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "http://other")
    assert hide(["seed=1", f"tracking.uri={LONG}"]) == ["seed=1", f"tracking.uri='{SHOWN}'"]
    assert os.environ[VARIABLE] == LONG


def test_an_address_of_something_else_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "http://other")
    proxy = f"+hydra.job.env_set={{HTTPS_PROXY: '{LONG}'}}"
    assert hide([f"dataset.path={LONG}", proxy]) == [f"dataset.path={SHOWN}", proxy]
    assert os.environ[VARIABLE] == "http://other"


def test_two_addresses_with_a_secret_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "http://other")
    with pytest.raises(Refused, match=r"^tracking\.uri=http://a:\*\*\*@b: takes one value") as no:
        hide(["tracking.uri=http://a:S3cr3t@b,http://a:S3cr3t@c"])
    assert "S3cr3t" not in str(no.value)
