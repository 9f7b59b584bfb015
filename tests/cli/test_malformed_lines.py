"""A hundred malformed command lines: each is refused in one line, with exit code 2."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.forking import trap
from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.malformed import lines
from tests.helpers.nasty_names import NAMES, hidden_in
from tests.helpers.project import PROJECT, Command

# Without a zero byte, which no command line can hold.
STORELESS = [
    [],
    ["--"],
    ["latest", "--nope"],
    ["latest", "--experiment"],
    ["latest", "--tracking-uri"],
    ["latest", "--tracking-uri", "nope"],
    ["latest", "--tracking-uri", "ftp://x"],
    ["latest", "--tracking-uri", "sqlite:///"],
    ["latest", "--tracking-uri", "sqlite:////none/none.db"],
    ["latest", "--json=1"],
    *(["latest", f"--{name}"] for name in ("colour", "\x1b[31m", "\udcff", "a\nb", "=", "-", "%s")),
]
LIMITS = [
    ["latest", "--max-drop", "2"],
    ["latest", "--max-drop", "nan"],
    ["latest", "--max-drop", "\x1b[31m"],
    ["latest", "--max-drop"],
    ["latest", "--max-bytes", "0"],
    ["latest", "--max-bytes", "1.5"],
    ["latest", "--max-zip-bytes", "-1"],
    ["latest", "--max-latency-ms", "inf"],
    ["latest", "--max-macs", "1e6"],
    ["latest", "--target", "h6"],
    ["latest", "--target", "\udcff"],
    ["latest", "--where", "seed"],
    ["latest", "--where", "=1"],
    ["latest", "another"],
]
OUTPUTS = [
    ["latest", "--output", name]
    for name in ("", ".", "..", "/", "x", "x.pb", "\x1b[31m.x", "\udcff", "a\nb", "/dev/null")
]
NAMED = [["latest", "--name", name] for name in ("", " ", "a\nb", "\x1b[31m", "a?b", "\udcff")]
NIGHTLY = [
    ["nope"],
    ["--nope"],
    ["--config"],
    ["--config", "none.yaml", "status"],
    ["--config", "/dev/null/x", "status"],
    ["--config", "\x1b[31m", "status"],
    ["--config", "\udcff", "status"],
    ["install"],
    ["install", "--cron", "--systemd"],
    ["install", "--cron", "--at", "25:00"],
    ["install", "--cron", "--at", "\x1b[31m"],
    ["install", "--cron", "--config", "none\n.yaml"],
    ["install", "--systemd", "--config", "\udcff"],
    ["install", "--cron", "--", "a\nb"],
    ["install", "--cron", "--", "$(touch marker)"],
    ["install", "--systemd", "--", "\x1b[31m"],
    ["uninstall", "more"],
    ["clean", "--nope"],
    ["status", "more"],
    ["accept", "--nope"],
]
COMMANDS = [
    *(("best", line) for line in [*STORELESS, *LIMITS, *OUTPUTS]),
    *(("promote", line) for line in [*STORELESS, *LIMITS, *NAMED]),
    *(("report.__main__", line) for line in STORELESS),
    *(("nightly.__main__", line) for line in NIGHTLY),
]
# Of the runner itself: what Hydra reads, and what it hands on.
RUNNER = [
    ["--nope"],
    ["--cfg"],
    ["--cfg", "nope"],
    ["-x"],
    ["seed"],
    ["=1"],
    ["seed=1=2=["],
    ["seed={"],
    ["seed='"],
    ["seed=[1,"],
    ["seed=range(0,1000000000)", "-m"],
    ["seed=1,2", "schedule=nope", "-m"],
    ["+seed=1"],
    ["~nope"],
    ["~seed"],
    ["++nope=1"],
    ["nope.nope=1"],
    ["seed=${nope}"],
    ["seed=${oc.env:NOPE}"],
    ["dataset=../conf"],
    ["dataset=/etc/passwd"],
    ["+sweep=../../nope"],
    ["--config-name", "nope"],
    ["--config-dir", "/none"],
    ["hydra/launcher=nope"],
    ["hydra.job.name=/dev/null"],
    ["tracking.uri=nope"],
    ["dataset=npz", "dataset.path=/dev/null"],
    *(["dataset=npz", f"dataset.path='{name}'"] for name in ("\x1b[31m", "a\nb", "\u202ex")),
    *([f"nope={name}"] for name in NAMES.values() if "\ud800" not in name),
]


def test_commands_refuse_a_hundred_malformed_lines(
    tool_in: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(COMMANDS) >= 100
    wrong = {}
    for name, line in COMMANDS:
        done = tool_in(tmp_path, name, *line)
        problem = _problem(done.returncode, done.stdout, done.stderr)
        if problem:
            wrong[f"{name} {line}"] = problem
    assert wrong == {}
    assert not list(tmp_path.iterdir())
    assert "mlflow" not in capsys.readouterr().err


@pytest.mark.long
def test_the_runner_refuses_malformed_lines(light_command: Command, tmp_path: Path) -> None:
    wrong = {}
    for line in RUNNER:
        done = light_command(*line)
        problem = _problem(done.returncode, done.stdout, done.stderr)
        if problem:
            wrong[str(line)] = problem
    assert wrong == {}
    assert not (tmp_path / "marker").exists()


@pytest.mark.long
def test_a_hundred_drawn_overrides_are_refused(tmp_path: Path) -> None:
    drawn = lines(seed=1, count=100)
    done = subprocess.run(
        [sys.executable, "-m", "tests.helpers.one_process"],
        input=json.dumps(drawn), cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(
            [*trap(tmp_path, "tensorflow", "tf_keras", "mlflow").values(), str(PROJECT)]
        )},
        timeout=HANGS_AFTER,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    results = zip(drawn, json.loads(done.stdout), strict=True)
    wrong = {str(line): problem for line, result in results if (problem := _problem(*result))}
    assert wrong == {}


def _problem(code: int, out: str, err: str) -> str:
    """Say what is not as it has to be; empty where all is."""
    if (code, out, err.count("\n")) != (2, "", 1) or hidden_in(err) or "Traceback" in err:
        return f"{code}: {out!r} {err!r}"
    return ""
