"""The file to ship is the smallest one that runs on the device, within the room there."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import runner
from runner.data.dataset import load
from runner.device.budgets import Budgets
from runner.device.request import Request
from runner.results import console
from runner.results.choice import Limits
from runner.results.decision import decide, decide_all
from runner.results.device_rows import device_rows
from runner.results.lookup import find_sweep
from runner.results.rows import Results, read, varying
from runner.settings import Settings
from runner.settings.devices import Device
from runner.settings.parameters import as_yaml
from runner.settings.targets import Target
from runner.tracking import Record
from runner.tracking.tags import DEVICE
from tests.helpers.device_sweep import ETHOS, MICRO, REFUSAL, device_sweep
from tests.helpers.project import Command
from tests.helpers.stores import store_in
from tests.helpers.tiny import write_npz

# Sweeps by their names, with their tags of devices.
SWEEPS = {
    "plain": "",
    "tight": json.dumps({"devices": [MICRO, "phone"], "flash": 29 * 1024}),
    "three": json.dumps({"devices": [MICRO, ETHOS, "phone"]}),
}


@pytest.fixture(scope="module")
def made(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with these sweeps, and one without a table: `bare`."""
    folder = tmp_path_factory.mktemp("devices")
    shutil.copy(empty_store, folder / "mlflow.db")
    for name, tag in SWEEPS.items():
        device_sweep(folder, name, tag)
    device_sweep(folder, "bare", table=False)
    _say_of_what(folder, "bare")
    return folder


def _say_of_what(folder: Path, name: str) -> None:
    """Log the settings and the images of a sweep's runs, as every sweep does."""
    npz = write_npz(folder / "tiny.npz")
    settings = Settings.model_validate({"dataset": {"name": "npz", "path": str(npz)}})
    data = load(settings.dataset, folder)
    for row in _results(folder, name).rows:
        for record in filter(None, (row.point, row.baseline)):
            run = store_in(folder).reopen(record)
            run.log_inputs(data, as_yaml(settings))
            run.flush()


def _results(folder: Path, name: str) -> Results:
    return read(store_in(folder), find_sweep(store_in(folder), name))


def _pick(done: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    values = json.loads(done.stdout)
    return values["target"], values["point"]


def test_without_a_device_nothing_is_another_than_before(made: Path, tool_in: Command) -> None:
    done = tool_in(made, "best", "plain", "--json")
    assert _pick(done) == ("tflite_dynamic", "final_sparsity=0.5")
    done = tool_in(made, "best", "plain", "--max-drop", "0", "--max-bytes", "9")
    assert done.stdout == (
        "no file keeps --max-bytes=9; the closest, h5 of final_sparsity=0.5, is 12,288 bytes\n"
    )


def test_the_multiplications_of_a_network_limit_its_files(made: Path, tool_in: Command) -> None:
    done = tool_in(made, "best", "plain", "--max-macs", "1000", "--json")
    assert (_pick(done)[0], json.loads(done.stdout)["figures"]["macs"]) == ("tflite_dynamic", 1000)
    line = tool_in(made, "promote", "plain", "--max-macs", "999").stdout
    assert "no file keeps --max-macs=999; the closest, tflite_dynamic of" in line
    assert line.strip().endswith("takes 1,000 MACs")


def test_another_device_is_asked_for_later(made: Path, tool_in: Command) -> None:
    asked = ["best", "plain", "--json", "--device"]
    done = tool_in(made, *asked, MICRO)
    assert _pick(done) == ("tflm_pruned_int8", "final_sparsity=0.5")
    values = json.loads(done.stdout)
    assert (values["device"], values["on_device"]["flash_bytes"]) == (MICRO, 30 * 1024)
    assert _pick(tool_in(made, *asked, ETHOS, "--latency-ms", "0.25"))[0] == "tflite_int8"
    room = ["--flash", "64K", "--ram", "5K", "--own", "joule=60"]
    assert _pick(tool_in(made, *asked, MICRO, *room))[0] == "tflite_int8"
    line = tool_in(made, "best", "plain", "--device", MICRO, *room).stdout
    assert "61,440 bytes of flash, 5,120 bytes of RAM, 3,072 bytes zipped" in line


def test_where_nothing_fits_the_nearest_is_named_with_what_it_exceeds(
    made: Path, tool_in: Command
) -> None:
    done = tool_in(made, "best", "plain", "--device", MICRO, "--flash", "20K", "--ram", "4.5K")
    assert done.returncode == 1
    assert done.stdout == (
        "no file keeps --flash=20K --ram=4608; the closest, tflite_int8 of final_sparsity=0.5, "
        "takes 60K of flash, 40K above 20K and takes 5K of RAM, 512 bytes above 4.5K\n"
    )
    done = tool_in(made, "best", "plain", "--device", MICRO, "--target", "tflite_dynamic")
    assert f"the closest, tflite_dynamic of final_sparsity=0.5, does not run there ({REFUSAL})" in (
        done.stdout
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--latency-ms", "9"], "has no latency measured: measure.latency=true"),
        (["--ram", "9K"], "has no RAM measured"),
        (["--own", "ms=9"], "has no ms measured: measure.command has to print it"),
        (["--device", MICRO, "--latency-ms", "9"], "nothing here times a microcontroller"),
        (["--own", "joule=1"], "takes 12 joule, 11 above 1"),
    ],
)
def test_a_budget_on_what_nobody_measured_is_told(
    options: list[str], told: str, made: Path, tool_in: Command
) -> None:
    done = tool_in(made, "best", "plain", *options)
    assert (done.returncode, told in done.stdout) == (1, True), done.stdout


def test_the_devices_and_budgets_of_the_sweep_hold(made: Path, tool_in: Command) -> None:
    best = ["best", "tight", "--json"]
    assert json.loads(tool_in(made, *best).stdout)["qualifies"] is False
    assert _pick(tool_in(made, *best, "--flash", "60K"))[0] == "tflm_pruned_int8"
    # Its budgets are those of each of its devices, not of another one.
    values = json.loads(tool_in(made, *best, "--device", "phone").stdout)
    assert values["limits"]["flash"] == 29 * 1024
    values = json.loads(tool_in(made, *best, "--device", ETHOS).stdout)
    assert (values["target"], "flash" in values["limits"]) == ("tflite_int8", False)


def test_points_without_a_table_say_that_nobody_has_measured(made: Path) -> None:
    (decision,) = decide_all(_results(made, "bare"), store_in(made), Request((Device(ETHOS),)))
    assert decision.file is None
    assert "cannot be told to run there (nobody has measured it there)" in decision.reason


def test_a_damaged_file_is_left_out_in_a_line(
    made: Path, tool_in: Command, caplog: pytest.LogCaptureFixture
) -> None:
    bare = ["best", "bare", "--device", MICRO, "--target", "tflite_int8"]
    done = tool_in(made, *bare, "--where", "schedule.final_sparsity=0.9", "--max-drop", "1")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert "the closest, tflite_int8 of final_sparsity=0.9, does not run there (" in done.stdout
    assert "left out: what needs images of final_sparsity=0.9: tflite_int8 is damaged: " in (
        caplog.text
    )
    # Only what is asked for is measured.
    assert "final_sparsity=0.5" not in caplog.text
    devices = {
        row.point.name: {each.target for each in device_rows(store_in(made), row.point)}
        for row in _results(made, "bare").rows
    }
    assert devices == {"final_sparsity=0.5": set(), "final_sparsity=0.9": {"tflite_int8"}}


def test_a_phone_that_runs_none_of_the_files_is_not_blamed_on_accuracy(made: Path) -> None:
    results, store = _results(made, "plain"), store_in(made)
    made_for = Limits(0.01, (Target.TFLM_PRUNED_INT8,))
    (decision,) = decide(results.rows, made_for)
    for text in (decision.verdict, decision.text(store)):
        assert text.startswith("No file that runs on a phone is within 1 point of")
        assert "which does not run there (LiteRT cannot decode its weights)" in text
    # What runs there is named as ever.
    (decision,) = decide(results.rows, Limits(-1.0, (Target.TFLITE_INT8, *made_for.targets)))
    assert decision.verdict.startswith("No file is within -100 points of")
    assert decision.verdict.endswith("; the closest is tflite_int8 of final_sparsity=0.5.")


@pytest.mark.parametrize(
    ("option", "value", "accepted"),
    [
        ("--flash", "256X", "at least 1 of bytes, as in 65536, 64K or 1.5M (K is 1,024)"),
        ("--ram", "0K", "at least 1 of bytes"),
        ("--ram", "1.5", "at least 1 of bytes"),
        ("--latency-ms", "-1", "a positive number"),
        ("--own", "ms", "a name and the most, as in ms=12.5"),
        ("--own", "ms=many", "a number of at least 0"),
    ],
)
def test_a_wrong_budget_is_refused_in_one_line(
    option: str, value: str, accepted: str, tmp_path: Path, tool_in: Command
) -> None:
    done = tool_in(tmp_path, "best", "plain", f"{option}={value}")
    assert done.returncode == 2
    assert accepted in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_the_console_shows_the_device_and_a_pick_for_each(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    console.show(store_in(made), _results(made, "three"))
    told = capsys.readouterr().out
    assert "flash on a microcontroller" in told
    picks = [line.partition(": ")[0] for line in told.splitlines() if ": Ship " in line]
    assert picks == [MICRO, ETHOS, "phone"]
    assert "bytes of RAM on an Ethos-U55-128" in told
    console.show_all(store_in(made), _results(made, "three"))
    told = capsys.readouterr().out
    assert "95.00% 30,720 36,864" in told
    assert "does not run" in told
    assert "bytes of flash and of RAM on a microcontroller" in told


def test_promote_registers_what_litert_serves(made: Path, tool_in: Command) -> None:
    done = tool_in(made, "promote", "plain", "--target", "h5", "--device", MICRO)
    assert (done.returncode, "must be a file that is served" in done.stderr) == (2, True)
    done = tool_in(made, "promote", "plain", "--target", "tflm_pruned_int8", "--device", MICRO)
    assert (done.returncode, "must be a file that is served" in done.stderr) == (2, True)
    done = tool_in(made, "promote", "plain", "--device", MICRO, "--flash", "1K")
    assert (done.returncode, "takes 60K of flash, 59K above 1K" in done.stdout) == (1, True)
    assert "Passed over" not in done.stdout


def test_promote_names_the_smaller_file_that_litert_cannot_serve(
    made: Path, tool_in: Command
) -> None:
    asked = ["promote", "plain", "--flash", "40K", "--device"]
    done = tool_in(made, *asked, MICRO)
    last = done.stdout.splitlines()[-1]
    assert last.startswith("Passed over, since LiteRT cannot serve it: tflm_pruned_int8 of final_s")
    assert "30,720 bytes of flash" in last
    done = tool_in(made, *asked, MICRO, "--target", "tflite_int8")
    assert "Passed over" not in done.stdout


def test_in_python(made: Path) -> None:
    sweep = runner.load("tight", tracking_uri=store_in(made).uri)
    best = sweep.best(flash="60K")
    assert (best.target, best.device, best.flash_bytes) == ("tflm_pruned_int8", MICRO, 30 * 1024)
    assert best.ram_bytes == 36 * 1024
    assert sweep.best(device="phone").target == "tflite_dynamic"
    with pytest.raises(runner.NothingQualifies, match="takes 30K of flash, 2K above 28K"):
        sweep.best(flash="28K")
    with pytest.raises(runner.Refused, match="flash=58X: must be bytes, as in 65536"):
        sweep.best(flash="58X")
    with pytest.raises(runner.Refused, match="device=toaster: must be one of phone"):
        sweep.best(device="toaster")
    assert set(sweep.front["target"]) == {"tflm_pruned_int8"}
    runs = sweep.rows.set_index(["run", "point", "target"])[f"{MICRO}_runs"]
    assert not runs["point", "final_sparsity=0.5", "tflite_dynamic"]


def test_a_request_is_kept_as_a_tag() -> None:
    request = Request((Device(ETHOS), Device.PHONE), Budgets(1024, None, 2.5, {"ms": 3.0}))
    assert Request.read(request.text) == request
    assert Request.read("") == Request()


def test_a_tag_of_a_later_version_is_no_fault() -> None:
    for tag in (
        '{"devices": ["toaster"]}',
        '{"devices": []}',
        '{"devices": ["phone"], "x": 1}',
        "x",
    ):
        sweep = Record("", "", "FINISHED", {}, {DEVICE: tag}, {}, "")
        assert Results(sweep, ()).request == Request()


def test_a_decision_is_made_for_each_device(made: Path) -> None:
    decisions = decide_all(_results(made, "three"), store_in(made))
    assert [(each.device, each.file and str(each.file.target)) for each in decisions] == [
        (Device.MICROCONTROLLER, "tflm_pruned_int8"),
        (Device.ETHOS_U55_128, "tflite_int8"),
        (Device.PHONE, "tflite_dynamic"),
    ]


def test_points_from_before_another_device_was_asked_for_do_not_differ_in_it() -> None:
    settings = ({"device.name": "phone"}, {"device.name": MICRO, "measure.latency": "true"})
    records = [
        Record(str(each), "", "FINISHED", each | {"seed": "1"}, {}, {}, "") for each in settings
    ]
    assert varying(records) == []
