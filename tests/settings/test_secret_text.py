import traceback
from urllib.parse import quote

import pytest

from runner.settings.secret_text import VARIABLE, remember, without_secrets

ADDRESSES = (
    "postgresql://me:S3cr3t-word@host/x",
    "postgresql://me:S3cr3t/word@host/x",
    "postgresql://me:S3cr3t'\\word@host/x",
    "https://S3cr3t-word@host/x",
    "http://host/x?token=S3cr3t-word",
    "http://host/x?S3cr3t-word",
    "http://me:S3cr3t@host:99999x",
    "http://me:S3cr3t word@host",
    f"http://me:{quote('S3cr3t/word', safe='')}@host",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_part_of_an_address_that_is_known_is_left_in_a_text(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv(VARIABLE, address)
    for text in (
        f"cannot connect to {address}",
        f"Failed to parse: {address}/api/2.0",
        repr({"uri": address}),
        quote(address, safe=""),
        "password S3cr3t-word, S3cr3t/word, S3cr3t or S3cr3t word is wrong",
        "".join(traceback.format_exception(ValueError(f"{address!r} is none"))),
    ):
        shown = without_secrets(text)
        known = [word for word in ("S3cr3t-word", "S3cr3t/word", "S3cr3t word") if word in address]
        assert not [word for word in known if word in shown], shown
        if text.count("S3cr3t") == 1:
            assert "S3cr3t" not in shown, shown


def test_an_address_that_the_process_was_given_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    remember("http://me:correct horse@host")
    assert without_secrets("no correct horse there") == "no *** there"


def test_any_address_in_a_text_is_masked() -> None:
    text = "https://TOKEN@host/x and 'postgresql://me:word@host' and (http://localhost:5000)."
    shown = "https://***@host/x and 'postgresql://me:***@host' and (http://localhost:5000)."
    assert without_secrets(text) == shown
    assert without_secrets(shown) == shown


def test_a_word_that_is_also_a_password_is_left_where_it_is_part_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql://me:post@host/x")
    text = "postgresql://me:post@host/x does not answer: post is refused"
    assert without_secrets(text) == "postgresql://me:***@host/x does not answer: *** is refused"


def test_an_address_that_is_no_text_takes_no_message_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "http://me:a\udcffb-word@host")
    assert without_secrets("a\udcffb-word failed") == "*** failed"


def test_what_follows_an_address_stays() -> None:
    text = "uri=ftp://TOKEN@host/x?password=abc: must be http://HOST; see https://host/y."
    shown = "uri=ftp://***@host/x?password=***: must be http://HOST; see https://host/y."
    assert without_secrets(text) == shown
