"""Run one point as a process of its own: `python -m runner.point.worker REPLY`.

The settings and the folder come as JSON on standard input; the outcome, or why there is none, is
written as JSON to the file REPLY.
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from runner.errors import Refused, one_line
from runner.process.log_mask import mask_logs, masked_traceback
from runner.process.signals import exit_on_first_signal
from runner.process.temporary import own_folder
from runner.settings import Settings
from runner.settings.secret_text import without_secrets


def main() -> None:
    """Enter from `run_point`."""
    exit_on_first_signal()
    mask_logs()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    request = json.loads(sys.stdin.read())
    reply = _run(Settings.model_validate(request["settings"]), Path(request["folder"]))
    Path(sys.argv[1]).write_text(json.dumps(reply), encoding="utf-8")


def _run(settings: Settings, folder: Path) -> dict[str, Any]:
    try:
        from runner.point.run import run

        with own_folder():
            return {"outcome": run(settings, folder).as_json()}
    except Exception as error:
        return {
            "failed": without_secrets(one_line(error)),
            "refused": isinstance(error, Refused),
            "traceback": masked_traceback(error),
        }


if __name__ == "__main__":
    main()
