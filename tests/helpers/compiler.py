"""Compile C++ with the compiler of this system."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.hanging import HANGS_AFTER

# What firmware may include of TFLite Micro, whose own headers no wheel has.
_RESOLVER = """
#pragma once
#include <string>
enum TfLiteStatus {{ kTfLiteOk, kTfLiteError }};
namespace tflite {{
template <unsigned int kRoom>
struct MicroMutableOpResolver {{
  std::string registered;
  unsigned int count = 0;
  TfLiteStatus Took(const char* name) {{
    registered += name;
    return ++count > kRoom ? kTfLiteError : kTfLiteOk;
  }}
{methods}
}};
}}
"""


def run_program(folder: Path, methods: list[str], main: str) -> bytes:
    """Compile a folder of firmware with a main function, and return what it prints.

    Args:
        folder: has model.cc, and what main.cc includes.
        methods: those that the class which registers operators has.
        main: the text of main.cc.
    """
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if not compiler:
        pytest.skip("no C++ compiler on this system: install g++")
    calls = (f'  TfLiteStatus {name}() {{ return Took("{name} "); }}' for name in methods)
    header = folder / "tensorflow" / "lite" / "micro" / "micro_mutable_op_resolver.h"
    header.parent.mkdir(parents=True)
    header.write_text(_RESOLVER.format(methods="\n".join(calls)))
    (folder / "main.cc").write_text(main)
    strict = ["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
    command = [compiler, *strict, "-I", ".", "model.cc", "main.cc", "-o", "program"]
    made = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=HANGS_AFTER, check=False
    )
    assert made.returncode == 0, made.stderr
    return subprocess.run(
        ["./program"], cwd=folder, capture_output=True, timeout=HANGS_AFTER, check=True
    ).stdout
