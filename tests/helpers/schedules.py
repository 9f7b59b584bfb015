"""Name a task to schedule, and stand in for the programs that schedule it."""

from pathlib import Path

from runner.nightly.schedule.task import Task
from runner.settings.paths import SWEEPS

SHIPPED = SWEEPS / "nightly"
EXAMPLE = Task(Path("/srv/pruning"), ("/srv/pruning/.venv/bin/python", "-m", "runner.nightly"), {})
# It stands for crontab(1): what is installed is a file in HOME, and what it is told is known.
CRONTAB = """#!/bin/sh
case "$1" in
-l) if [ -e "$HOME/tab" ]; then cat "$HOME/tab"; else echo "no crontab for me" >&2; exit 1; fi;;
-r) rm "$HOME/tab";;
-) cat > "$HOME/tab";;
esac
"""
SYSTEMCTL = '#!/bin/sh\necho "$@" >> "$HOME/asked"\n'


def stand_in(folder: Path, name: str, text: str) -> None:
    program = folder / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(text)
    program.chmod(0o755)
