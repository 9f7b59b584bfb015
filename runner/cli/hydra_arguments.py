"""Check what is typed for Hydra, and name the setting that its failures are about."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Never

from hydra._internal.utils import get_args_parser

from runner.cli.meant import meant
from runner.errors import Refused

_FOLDERS = ("hydra.run.dir", "hydra.output_subdir")
_DEFAULT = ("hydra.run.dir", "=", "outputs")
_ALSO = "; from a folder without write permission, cache.folder and tracking.uri must lead away too"


def check_arguments(arguments: Sequence[str]) -> None:
    """Refuse options that Hydra does not have, in one line; Hydra itself prints all that it has.

    Raises:
        Refused: there is no such option, or one lacks its value.
    """
    parser = get_args_parser()

    def refuse(message: str) -> Never:
        end = meant(message, parser)
        raise Refused(f"{message}; python -m runner --help says what there is{end}")

    vars(parser)["error"] = refuse
    parser.parse_args(list(arguments))


def blame_folder(error: Exception, arguments: Sequence[str]) -> Exception:
    """Return a refusal that names the setting, or the error itself where none is to blame.

    Args:
        error: what ended the command; Hydra itself makes these folders, before any code of ours.
        arguments: the command line.
    """
    path = str(getattr(error, "filename", None) or "")
    typed = [argument.lstrip("+").partition("=") for argument in arguments]
    # What is typed counts before what conf/config.yaml has.
    for setting, _, value in (*typed, _DEFAULT):
        folder = value.strip("'\"")
        if isinstance(error, OSError) and setting in _FOLDERS and path and _leads_to(folder, path):
            also = "" if os.access(Path.cwd(), os.W_OK) else _ALSO
            accepted = f"a folder to write into ({error.strerror}){also}"
            return Refused(f"{setting}={folder}: must be {accepted}")
    return error


def _leads_to(folder: str, path: str) -> bool:
    """Tell whether a path is that folder, or one on the way to it."""
    return bool(folder) and (path.endswith(folder) or Path(folder).is_relative_to(path))
