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
        (f"+hydra.job.env_set.{VARIABLE}=me:S3cr3t@host",
         f"+hydra.job.env_set.{VARIABLE}='***'", "me:S3cr3t@host"),
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
        "tracking.uri=${oc.env:PLACE,null}/x",
        "tracking.uri='http://me:${oc.env:WORD}@host'",
        "tracking.uri='http://me-${oc.env:NAME}:${oc.env:WORD}@${oc.env:HOST}:${port}/x'",
        "tracking.uri='${oc.env:KIND}://${oc.env:ONE,me}:${oc.env:WORD,\\'\\'}@host:50${port}'",
        "tracking.uri='http://${oc.env:TOKEN}@host','http://${oc.env:A}${oc.env:B}@host'",
        "tracking.uri='postgresql://host/${oc.env:DB}?sslmode=${mode}&password=${oc.env:WORD}'",
        "tracking.uri='http://me:${oc.env:A,${oc.env:B}}@host'",
        "tracking.uri=sqlite:///${oc.env:HOME,/tmp}/a@b.db",
        "hydra.sweeper.params={tracking.uri: 'http://me:${oc.env:WORD}@${oc.env:HOST}/x'}",
        "tracking={uri: http://${oc.env:HOST}/x}",
        "hydra.sweeper.params={schedule.epochs: '1,2'}",
        "hydra.run.dir='/a b/${now:%H}'",
        "--tracking-uri",
    ],
)
def test_every_other_argument_stays_as_it_is(argument: str) -> None:
    assert masked_argument(argument) == (argument, [])


@pytest.mark.parametrize(
    "address",
    [
        "http://${oc.env:NOSUCH,user}:S3cr3t@host:9",
        "http://${oc.env:NOSUCH}:S3cr3t@host:9",
        "http://user:S3cr3t@${oc.env:HOST}/x",
        "http://user:S3cr3t${oc.env:MORE}@host",
        "http://user:${oc.env:NOSUCH,S3cr3t}@host",
        "http://user:${oc.env:NOSUCH,${oc.env:MORE,S3cr3t}}@host",
        "http://S3cr3t${oc.env:MORE}@host",
        "${oc.env:KIND}://user:S3cr3t@host",
        "${oc.env:NAME}:S3cr3t@host",
        "http://user:S3cr/3t@${oc.env:HOST}",
        "postgresql://${oc.env:HOST}/x?password=S3cr3t",
        "http://${oc.env:HOST}/x#S3cr3t",
    ],
)
def test_a_secret_beside_an_interpolation_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "http://other")
    for argument in (
        f"tracking.uri={address}",
        f"++tracking.uri='{address}'",
        f"tracking.uri=http://host,{address}",
        f"hydra.sweeper.params={{seed: 1, tracking.uri: '{address}'}}",
        f"+hydra.job.env_set.{VARIABLE}={address}",
    ):
        if "://" not in address and "params" in argument:
            continue
        with pytest.raises(Refused, match=rf"[^\n]*; put the whole address into {VARIABLE}$") as no:
            hide([argument])
        assert "S3cr" not in str(no.value)
        assert "3t" not in str(no.value)
        assert "S3cr" not in masked_argument(argument)[0]
    assert os.environ[VARIABLE] == "http://other"


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
