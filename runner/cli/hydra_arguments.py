"""Check what is typed for Hydra, and name the setting that its failures are about."""

from collections.abc import Sequence
from typing import Never

from hydra._internal.utils import get_args_parser

from runner.errors import Refused

_FOLDERS = ("hydra.run.dir", "hydra.output_subdir")


def check_arguments(arguments: Sequence[str]) -> None:
    """Refuse options that Hydra does not have, in one line; Hydra itself prints all that it has.

    Raises:
        Refused: there is no such option, or one lacks its value.
    """
    parser = get_args_parser()
    vars(parser)["error"] = _refuse
    parser.parse_args(list(arguments))


def _refuse(message: str) -> Never:
    raise Refused(f"{message}; python -m runner --help says what there is")


def blame_folder(error: Exception, arguments: Sequence[str]) -> Exception:
    """Return a refusal that names the setting, or the error itself where none is to blame.

    Args:
        error: what ended the command; Hydra itself makes these folders, before any code of ours.
        arguments: the command line.
    """
    path = str(getattr(error, "filename", None) or "")
    for argument in arguments:
        setting, _, value = argument.lstrip("+").partition("=")
        folder = value.strip("'\"")
        if isinstance(error, OSError) and setting in _FOLDERS and folder and path.endswith(folder):
            accepted = f"a folder to write into ({error.strerror})"
            return Refused(f"{setting}={folder}: must be {accepted}")
    return error
