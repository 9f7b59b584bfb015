"""Let this machine be used as those of a network are."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Host(Protocol):
    """What runs servers: a machine of a network, or this one."""

    @property
    def address(self) -> str:
        """Where others reach it."""

    @property
    def folder(self) -> Path:
        """Holds all that is written there."""

    def start(
        self, command: Sequence[str | Path], log: str, **environment: str
    ) -> "subprocess.Popen[bytes]":
        """Start a command; what it prints goes into a file of that name in the folder."""

    def run(
        self, command: Sequence[str | Path], timeout: float = 300, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, and return what it printed, errors included."""


class ThisMachine:
    """This machine, with a folder for what is written."""

    def __init__(self, folder: Path, address: str = "127.0.0.1") -> None:
        self.folder, self.address = folder, address

    def start(
        self, command: Sequence[str | Path], log: str, **environment: str
    ) -> "subprocess.Popen[bytes]":
        """Start a command; what it prints goes into a file of that name in the folder."""
        return started(command, self.folder / log, {**os.environ, **environment}, self.folder)

    def run(
        self, command: Sequence[str | Path], timeout: float = 300, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, and return what it printed, errors included."""
        return finished(command, timeout, {**os.environ, **environment}, self.folder)


def started(
    command: Sequence[str | Path],
    output: Path,
    environment: Mapping[str, str],
    folder: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a command, in a folder; what it prints is added to the output."""
    with output.open("ab") as file:
        return subprocess.Popen(
            [*map(str, command)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def finished(
    command: Sequence[str | Path],
    timeout: float,
    environment: Mapping[str, str],
    folder: Path | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, in a folder, and return what it printed, errors included."""
    return subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=timeout,
    )
