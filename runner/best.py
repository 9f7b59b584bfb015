"""Copy the smallest file of a sweep that is within limits, and describe where it comes from.

python -m runner.best SWEEP --max-drop 0.01 --target tflite_int8 --output model.tflite
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.cli import command, failure
from runner.cli.completion import completing
from runner.cli.firmware import compile_values, refuse_phone, write_firmware
from runner.cli.limits import add_limits, criteria_of
from runner.errors import Refused, RunnerError
from runner.escaping.json_text import json_text
from runner.settings.targets import Target

if TYPE_CHECKING:
    from runner.results.choice import File
    from runner.tracking import Store


def main() -> None:
    """Enter from the command line."""
    made = command.parser(
        "best",
        "Choose the smallest file that runs on a device and keeps all limits, and copy it here.\n"
        "On a phone zipped bytes count, elsewhere bytes of flash.",
        "no file keeps the limits (what comes closest is named), the baseline is not above chance,"
        " or the store failed",
        "Accuracy is judged on the validation images. Beside OUTPUT, OUTPUT.json says where the "
        "file comes from, and OUTPUT.labels.txt what its outputs stand for.",
    )
    command.add_sweep(made)
    add_limits(made)
    made.add_argument(
        "--output", type=Path, metavar="FILE", help="write the file here; .h5 or .tflite"
    )
    made.add_argument(
        "--output-dir", type=Path, metavar="FOLDER",
        help="write what firmware needs here: the file, compiled for an Ethos-U, and as an array, "
        "its operators, its images, README.txt",
    )  # fmt: skip
    command.enter(made, _act, _check)


def _check(arguments: argparse.Namespace) -> list[Target]:
    folder = arguments.output_dir
    if folder and arguments.output:
        raise Refused(f"--output-dir={folder}: must stand alone, without --output")
    if folder and folder.exists() and not folder.is_dir():
        raise Refused(f"--output-dir={folder}: must be a folder to write, and is a file")
    refuse_phone(folder, arguments.device)
    return targets_of(arguments, arguments.output)


def targets_of(arguments: argparse.Namespace, output: Path | None) -> list[Target]:
    """Return the targets to choose from; the ending of the output leaves some of them out.

    Raises:
        Refused: the output has no ending, or one that none of the requested targets has.
    """
    requested = [Target(name) for name in arguments.target or Target]
    fit = [
        target for target in requested if output is None or target.file_name.endswith(output.suffix)
    ]
    if output is not None and output.is_dir():
        raise Refused(f"--output={output}: must be a file to write, and is a folder")
    if output is not None and (not output.suffix or not fit):
        endings = sorted({Path(target.file_name).suffix for target in requested})
        raise Refused(f"--output={output}: must end in {' or '.join(endings)}")
    return fit


def _act(arguments: argparse.Namespace, store: "Store") -> int:
    from runner.results.class_figures import LABELS, file_classes
    from runner.results.class_words import words
    from runner.results.confusion import confusion_values
    from runner.results.evidence import Evidence
    from runner.results.evidence_words import described
    from runner.results.selection import select

    criteria = criteria_of(arguments, targets_of(arguments, arguments.output))
    decision, values = select(store, arguments.sweep, criteria, completing(arguments))
    refuse_phone(arguments.output_dir, decision.device)
    evidence = Evidence.of(decision)
    if not decision.file or not evidence:
        command.show(arguments, values, decision.reason)
        return failure.FAILED
    classes = file_classes(store, decision.file)
    values |= classes.values | confusion_values(store, decision.file, decision.own_baseline)
    if arguments.output_dir:
        return write_firmware(arguments, store, decision.file, values, described(evidence))
    if arguments.output:
        values = _write(store, decision.file, arguments.output, values)
        path, labels = str(arguments.output), str(_labels_of(arguments.output))
    else:
        labels = store.local_file(decision.file.point, LABELS)
        path = _path_of(store, decision.file)
    compiling = compile_values(decision.file, path)
    line = f"{path} ({decision.file.point.name}): {described(evidence)}"
    values |= compiling | {"path": path}
    command.show(arguments, values, line, *compiling.values(), *words(classes, labels))
    return failure.DONE


def _path_of(store: "Store", file: "File") -> str:
    path = store.local_file(file.point, file.artifact)
    # From a server, it is an address.
    if Path(path).is_absolute() and not Path(path).exists():
        raise RunnerError(f"{path}: is not there any more (run {file.point.id})")
    return path


def _write(store: "Store", file: "File", output: Path, values: dict[str, Any]) -> dict[str, Any]:
    """Copy the file, which is complete once it has its name, and write what it is beside it."""
    from runner.results.provenance import sha256

    try:
        store.copy_artifact(file.point, file.artifact, output)
        values = values | {"sha256": sha256(output)}
        output.with_name(f"{output.name}.json").write_text(
            json_text(values) + "\n", encoding="utf-8"
        )
        _write_labels(_labels_of(output), values.get("classes", []))
    except OSError as error:
        raise Refused(f"--output={output}: must be a file to write ({error.strerror})") from None
    return values


def _labels_of(output: Path) -> Path:
    # Not labels.txt: two files in one folder would share it.
    return output.with_name(f"{output.name}.labels.txt")


def _write_labels(path: Path, names: Sequence[str]) -> None:
    """Write the names of the classes; those of another file must not stay there."""
    if names:
        path.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
