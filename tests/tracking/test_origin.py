import sys

import pytest

from runner.tracking.origin import typed_command


def test_the_command_can_be_typed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNNER_DATA", "/my data")
    monkeypatch.setattr(sys, "argv", ["/x/runner/__main__.py", "-m", "seed=1,2", "a='b c'"])
    assert (
        typed_command()
        == """RUNNER_DATA='/my data' python -m runner -m seed=1,2 'a='"'"'b c'"'"''"""
    )
    monkeypatch.setattr(sys, "argv", ["/usr/bin/runner", "+sweep=smoke"])
    assert typed_command() == "RUNNER_DATA='/my data' runner +sweep=smoke"


@pytest.mark.parametrize(
    "argument",
    [
        "tracking.uri=http://me:s3cret@host/x",
        "tracking.uri='http://me:s3cret@host/x'",
        "hydra.sweeper.params={tracking.uri: 'http://me:s3/c@ret@host/x'}",
        "http://me:s3cret@host",
        "tracking.uri='http://me:s3cret@${oc.env:PLACE}'",
    ],
)
def test_a_password_is_not_kept(monkeypatch: pytest.MonkeyPatch, argument: str) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/runner", argument])
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://me:s3cret@host/x")
    told = typed_command()
    assert "***@host" in told
    assert "s3" not in told
    assert "ret" not in told
