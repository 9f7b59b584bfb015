"""Say and write what a device wants beside the file that `best` chooses for it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.cli import command, failure
from runner.device.ethos_u import vela_command
from runner.errors import Refused
from runner.escaping.json_text import json_text
from runner.settings.devices import Device

if TYPE_CHECKING:
    from runner.results.choice import File
    from runner.tracking import Store


def refuse_phone(folder: Path | None, device: Device | str | None) -> None:
    """Refuse to write firmware for a phone; None is a device that is not known yet.

    Raises:
        Refused: it names the option.
    """
    if folder and device == Device.PHONE:
        raise Refused(
            f"--output-dir={folder}: is for firmware: add --device microcontroller or "
            "ethos_u55_128, or take --output FILE"
        )


def write_firmware(
    arguments: argparse.Namespace, store: "Store", file: "File", values: dict[str, Any], text: str
) -> int:
    """Write all that firmware needs of the file, and say how much memory to reserve.

    Args:
        text: what the file is.

    Raises:
        RunnerError: no firmware can run the file, or the folder cannot be written.
        StoreFailed: the store does not answer, or no longer has the file.
    """
    from runner.firmware.bundle import write_bundle
    from runner.firmware.chosen import facts_of

    folder = arguments.output_dir
    facts = facts_of(store, file, values["sweep"])
    values |= {"path": str(folder / "model.tflite"), "arena_bytes": facts.arena}
    if facts.accelerator:
        values["compile"] = facts.accelerator.command
    write_bundle(folder, facts, json_text(values))
    command.show(
        arguments,
        values,
        f"{folder} ({file.point.name}): {text}",
        f"Reserve {facts.arena:,} bytes for its arena; {folder / 'README.txt'} says how to go on.",
    )
    return failure.DONE


def compile_values(file: "File", path: str) -> dict[str, str]:
    """Give the command that compiles the file for an Ethos-U, by the name `compile`.

    From a server the path is an address, which Vela does not read.
    """
    if not file.device.is_ethos_u:
        return {}
    here = path if Path(path).exists() else file.target.file_name
    return {"compile": vela_command(file.device, here)}
