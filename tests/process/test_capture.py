import logging
import os
import warnings

import pytest

from runner.process.capture import stderr_to_log


def test_chatter_goes_to_the_debug_log(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with stderr_to_log():
        os.write(2, b"greetings from native code\n")
        warnings.warn("a library's advice", stacklevel=1)
    assert capfd.readouterr().err == ""
    assert [each.levelname for each in caplog.records] == ["DEBUG", "DEBUG"]
    assert "greetings from native code" in caplog.text
    assert "a library's advice" in caplog.text


def test_chatter_before_a_failure_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    def divide() -> float:
        os.write(2, b"about to divide\n")
        return 1 / 0

    with pytest.raises(ZeroDivisionError), stderr_to_log():
        divide()
    assert caplog.messages == ["about to divide"]


def test_the_terminal_is_back_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    with stderr_to_log():
        pass
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
