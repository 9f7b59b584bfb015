"""Let this machine be used as those of a network are."""

import os
import subprocess
from collections.abc import Sequence
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
        with (self.folder / log).open("ab") as file:
            return subprocess.Popen(
                [*map(str, command)],
                cwd=self.folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(
        self, command: Sequence[str | Path], timeout: float = 300, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, and return what it printed, errors included."""
        return subprocess.run(
            [*map(str, command)],
            cwd=self.folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=timeout,
        )
