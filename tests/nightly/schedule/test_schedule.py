"""Schedules as texts and files; the user's own crontab and systemd are not touched."""

import argparse
import re
import sys
from datetime import datetime, time
from pathlib import Path

import pytest

from runner.errors import Refused
from runner.nightly.schedule import cron, install, systemd
from runner.nightly.schedule.cron_fields import next_time
from runner.nightly.schedule.task import make_task, parse_time
from tests.helpers.schedules import stand_in


def enter(*typed: str) -> int:
    """Enter the pieces of the command line as the door does."""
    made = argparse.ArgumentParser(exit_on_error=False)
    commands = made.add_subparsers(required=True)
    install.add_install(commands).set_defaults(act=install.act_install)
    install.add_uninstall(commands).set_defaults(act=install.act_uninstall)
    arguments = made.parse_args(typed)
    return int(arguments.act(arguments))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("30 2 * * *", "2026-02-28 02:30"),
        ("* * * * *", "2026-02-27 03:01"),
        ("*/20 */6 * * *", "2026-02-27 06:00"),
        ("0 4 * * 1-5", "2026-02-27 04:00"),
        ("1 2 * * 7", "2026-03-01 02:01"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("0 0 13 * 6", "2026-02-28 00:00"),
    ],
)
def test_the_next_night_is_the_first_after_now(fields: str, expected: str) -> None:
    found = next_time(fields, datetime(2026, 2, 27, 3, 0, 20))
    assert found == datetime.fromisoformat(expected)


@pytest.mark.parametrize("fields", ["", "@daily", "0 0 31 2 *", "30 2 * * mon", "70 2 * * *"])
def test_no_next_night_is_made_up(fields: str) -> None:
    assert next_time(fields, datetime(2026, 2, 27)) is None


def test_a_clock_time_is_read() -> None:
    assert parse_time("02:30") == time(2, 30)
    assert (cron.daily(time(2, 5)), systemd.daily(time(2, 5))) == ("5 2 * * *", "*-*-* 02:05:00")


@pytest.mark.parametrize("at", ["25:00", "2:60", "0230", "", "2:3", "24:00", "٠٢:٣٠"])
def test_another_time_is_refused(at: str) -> None:
    with pytest.raises(Refused, match=r"^--at=.*: must be HH:MM, from 00:00 to 23:59"):
        parse_time(at)


@pytest.mark.parametrize("character", ["\n", "\\", "$"])
def test_a_folder_that_no_scheduler_can_hold_is_refused(character: str) -> None:
    with pytest.raises(Refused, match="must be without"):
        make_task(Path(f"/srv/a{character}b"), [])


def test_cron_installs_tells_and_takes_away(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "tab").write_text("# mine\n")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:p%40 s@host:5000")
    Path("night.yaml").touch()
    for at in ("01:00", "02:30"):
        assert enter("install", "--cron", "--at", at, "--config", "night.yaml", "--", "-x=1") == 0
    _, line = (home / "tab").read_text().splitlines()
    assert line.startswith(f"30 2 * * * cd {Path.cwd()} && export MLFLOW_TRACKING_URI='http://me:")
    assert "p\\%40 s@host" in line
    config = Path.cwd() / "night.yaml"
    assert f"exec {sys.executable} -m runner.nightly --config {config} -x=1 >> " in line
    start = install.next_start(Path.cwd(), datetime(2026, 2, 27, 3))
    assert start == datetime(2026, 2, 28, 2, 30)
    assert "schedule: cron, 30 2 * * * (crontab -l)" in capsys.readouterr().out
    assert enter("uninstall") == 0
    assert (home / "tab").read_text() == "# mine\n"
    assert enter("uninstall") == 0
    assert "nothing was taken away" in capsys.readouterr().out
    assert install.status_lines()[0].startswith("schedule: none in ")


@pytest.mark.parametrize("kind", ["--cron", "--systemd"])
def test_a_dry_run_prints_what_would_be_installed(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    enter("install", "--cron", "--at", "01:00")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:S3cr3t@host:5000")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert enter("install", kind, "--at", "02:30", "--dry-run") == 0
    out = capsys.readouterr().out
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    assert "in place of: cron, 0 1 * * * (crontab -l)\nnothing was installed\n" in out
    assert "S3cr3t" not in out
    # It is what is installed then, but for the password, whose stars stand in quotes.
    shown = re.sub("['\"]", "", out)
    enter("install", kind, "--at", "02:30")
    written = [home / "tab", *(home / ".config").rglob("runner-nightly-*")]
    for path in written:
        if path.exists() and path.read_text():
            assert path.read_text().replace("S3cr3t", "***").strip() in shown


def test_a_crontab_made_by_it_is_taken_away_whole(home: Path) -> None:
    enter("install", "--cron")
    enter("uninstall")
    assert not (home / "tab").exists()


def test_systemd_installs_tells_and_takes_away(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNNER_DATA", "/srv/100% data")
    for at in ("01:00", "02:30"):
        assert enter("install", "--systemd", "--at", at) == 0
    units = home / ".config" / "systemd" / "user"
    service, timer = sorted(units.iterdir())
    assert "OnCalendar=*-*-* 02:30:00\nPersistent=true\n" in timer.read_text()
    assert 'Environment="RUNNER_DATA=/srv/100%% data"\n' in service.read_text()
    assert service.stat().st_mode & 0o777 == 0o600
    asked = (home / "asked").read_text().splitlines()
    assert asked[:3] == [
        f"--user {each}"
        for each in ("daemon-reload", f"enable {timer.name}", f"restart {timer.name}")
    ]
    start = install.next_start(Path.cwd(), datetime(2026, 2, 27, 1))
    assert start == datetime(2026, 2, 27, 2, 30)
    assert f"schedule: systemd, *-*-* 02:30:00 ({timer})" in capsys.readouterr().out
    enter("uninstall")
    assert not list(units.iterdir())
    assert f"--user disable --now {timer.name}" in (home / "asked").read_text()


def test_a_folder_has_one_schedule_and_its_neighbour_another(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        enter("install", "--cron")
    enter("install", "--systemd")
    assert [each.kind for each in install.schedules(tmp_path / "one")] == ["cron"]
    assert [each.kind for each in install.schedules(tmp_path / "two")] == ["systemd"]
    assert len((home / "tab").read_text().splitlines()) == 1


def test_without_systemctl_it_says_what_to_type(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(tmp_path, "systemctl", "#!/bin/sh\nexit 1\n")
    assert enter("install", "--systemd") == 0
    assert "type: systemctl --user daemon-reload && systemctl --user enable --now runner-" in (
        capsys.readouterr().out
    )
    assert list((home / ".config" / "systemd" / "user").glob("runner-nightly-*.timer"))


def test_where_there_is_no_crontab_cron_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(home))
    with pytest.raises(Refused, match=r"^--cron: needs the program crontab .*; or take --systemd$"):
        enter("install", "--cron")
    assert enter("uninstall") == 0


def test_a_crontab_that_cannot_be_read_is_refused_and_left(home: Path, tmp_path: Path) -> None:
    stand_in(tmp_path, "crontab", "#!/bin/sh\necho 'You are\nnot allowed' >&2\nexit 1\n")
    with pytest.raises(Refused, match=r"^--cron: the crontab cannot be read \(You are not allowed"):
        enter("install", "--cron")
    assert enter("install", "--systemd") == 0
    assert "not allowed" in install.status_lines()[0]
    assert not (home / "tab").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--at", "25:00", "--cron"], r"^--at=25:00: must be HH:MM"),
        (["--cron", "--config", "none.yaml"], r"^--config=none.yaml: must be a file$"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    home: Path, typed: list[str], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        enter("install", *typed)
    assert not list(home.iterdir())


@pytest.mark.parametrize("kinds", [[], ["--cron", "--systemd"]])
def test_one_scheduler_is_to_be_chosen(kinds: list[str], home: Path) -> None:
    with pytest.raises((argparse.ArgumentError, SystemExit)):
        enter("install", *kinds)
    assert not list(home.iterdir())
