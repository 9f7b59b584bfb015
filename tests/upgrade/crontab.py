"""Install a program named crontab that keeps its lines in a file, for machines of any kind."""

from pathlib import Path

FILE = "crontab.txt"
_PROGRAM = """#!/bin/sh
case "$1" in
-l) cat '{file}' 2>/dev/null || {{ echo 'no crontab for you' >&2; exit 1; }} ;;
-r) rm -f '{file}' ;;
-) cat > '{file}' ;;
esac
"""


def install_crontab(folder: Path, programs: Path) -> None:
    """Write the program into a folder for the PATH; its lines stand in `folder`/crontab.txt."""
    programs.mkdir(parents=True, exist_ok=True)
    program = programs / "crontab"
    program.write_text(_PROGRAM.format(file=folder / FILE))
    program.chmod(0o755)
