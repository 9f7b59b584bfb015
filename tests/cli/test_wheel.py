"""The wheel, in an environment of its own, from another folder."""

import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.helpers.hanging import HANGS_AFTER
from tests.helpers.project import PROJECT
from tests.helpers.stores import runs_in
from tests.helpers.tiny import quick, write_npz

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has the wheel, and the project's dependencies, but not the project."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(PROJECT)], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "venv" / "lib" / version / "site-packages"
    # Installing the dependencies again would take minutes: they are borrowed, after the wheel.
    borrow = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (packages / "borrowed.pth").write_text(borrow)
    return python


def _run(python: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS_AFTER,
    )


def test_the_wheel_is_what_runs(python: Path, tmp_path: Path) -> None:
    done = _run(python, "-c", "import runner; print(runner.__file__)", cwd=tmp_path)
    assert Path(done.stdout.strip()).is_relative_to(python.parents[1])


def test_it_carries_the_configuration_and_the_sweeps(python: Path, tmp_path: Path) -> None:
    done = _run(python, "-m", "runner", "--help", cwd=tmp_path)
    assert re.search(r"^  sparsity +12 runs$", done.stdout, re.MULTILINE)
    assert "digits fashion_mnist image_folder mnist npz" in done.stdout


def test_it_sweeps_from_another_folder(python: Path, tmp_path: Path) -> None:
    done = _run(python, "-m", "runner", "+sweep=smoke", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nShip " in done.stdout
    assert [point.status for point in runs_in(tmp_path, "point")] == ["FINISHED", "FINISHED"]


def test_the_console_script_works(python: Path, tmp_path: Path) -> None:
    done = _run(python, str(python.parent / "runner"), "--cfg", "job", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "final_sparsity: 0.8" in done.stdout


def test_a_sweep_of_ones_own_is_found(python: Path, tmp_path: Path) -> None:
    npz = write_npz(tmp_path / "tiny.npz")
    own = tmp_path / "mine" / "sweep"
    own.mkdir(parents=True)
    (own / "half.yaml").write_text(
        "# @package _global_\n"
        "hydra: {mode: MULTIRUN, sweeper: {params: {schedule.final_sparsity: '0.5,0.6'}}}\n"
    )
    arguments = ["-m", "runner", "--config-dir", "mine", "+sweep=half", *quick(npz)]
    done = _run(python, *arguments, "export.targets=[h5]", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "half: 2 points, lenet_300_100 on npz, final_sparsity 0.5,0.6" in done.stdout


@pytest.mark.long
def test_python_imports_it_from_another_folder(python: Path, tmp_path: Path) -> None:
    npz = write_npz(tmp_path / "tiny.npz")
    (tmp_path / "script.py").write_text(
        "import runner\n"
        f"few = {[*quick(npz), 'export.targets=[h5,tflite_int8]']!r}\n"
        "result = runner.run_point(runner.compose(*few))\n"
        "sweep = runner.run_sweep(*few, 'schedule.final_sparsity=0.5,0.8')\n"
        "assert result.figures['h5']['zip_bytes'] in set(sweep.rows['zip_bytes'])\n"
        "file = runner.load('latest').best(max_drop=1, target='tflite_int8')\n"
        "print(runner.__file__, sweep.save(file, 'best.tflite'), sep='\\n')\n"
    )
    done = _run(python, "script.py", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    imported, saved = map(Path, done.stdout.splitlines()[-2:])
    assert imported.is_relative_to(python.parents[1])
    assert imported.with_name("py.typed").is_file()
    assert (tmp_path / saved).stat().st_size > 0


def test_it_carries_its_licence(python: Path) -> None:
    (licence,) = python.parents[1].glob("lib/*/site-packages/pruning_sweep_runner*/**/LICENSE")
    assert "Apache License" in licence.read_text()
