"""Write a folder with all that firmware needs of a file."""

from pathlib import Path

from runner.errors import Refused
from runner.firmware.accelerator import SOURCE
from runner.firmware.facts import Facts
from runner.firmware.header import model_cc, model_h
from runner.firmware.preprocessing import preprocessing_h
from runner.firmware.readme import readme
from runner.firmware.resolver import operators_h


def write_bundle(folder: Path, facts: Facts, provenance: str = "{}") -> None:
    """Write model.tflite, C++ files, model.json and README.txt, in the place of earlier ones.

    Beside a file that is compiled for an Ethos-U, source.tflite is the file before.

    Args:
        provenance: what the file is and where it comes from, as JSON.

    Raises:
        Refused: the folder cannot be written; names the option.
    """
    texts = {
        "model.h": model_h(facts),
        "model.cc": model_cc(facts),
        "operators.h": operators_h(facts),
        "preprocessing.h": preprocessing_h(facts),
        "model.json": f"{provenance}\n",
        "README.txt": readme(facts),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.tflite").write_bytes(facts.content)
        if facts.accelerator:
            (folder / SOURCE).write_bytes(facts.accelerator.source)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise Refused(f"--output-dir={folder}: must be a folder to write ({reason})") from None
