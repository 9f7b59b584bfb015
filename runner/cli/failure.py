"""Explain on standard error why a command ends, and choose its exit code."""

import errno
import traceback
from pathlib import Path

from hydra.errors import HydraException, OverrideParseException
from omegaconf.errors import OmegaConfBaseException

from runner.cli import hydra_failures
from runner.cli.meant import no_choice
from runner.errors import Refused, RunnerError, is_fault, one_line
from runner.escaping.terminal import complain
from runner.process.log_mask import masked_traceback
from runner.settings.load import known_settings, no_such_setting
from runner.settings.secret_text import without_secrets

DONE, FAILED, REFUSED = 0, 1, 2
# What a shell gives for a command that Ctrl-C has ended.
INTERRUPTED = 130

_FAULT = "this is a fault of the runner, not of your settings: please report it, with all lines"
# What calls Hydra.
_DOORS = ("hydra_line.py", "masking_loader.py")
# No space, no permission, no memory: neither the settings nor the code can help it.
_OF_THE_MACHINE = {
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO),
    *(errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EPIPE, errno.EAGAIN),
}
# Python's own word for a lack of memory, or of processes, which it has no class for.
_NO_THREAD = "can't start new thread"


def explain(command: str, error: Exception) -> int:
    """Print why a command ends with this error: one line, and for a fault its traceback first.

    Returns:
        The exit code: 2 for what the user is to change, 1 for everything else.
    """
    if is_refusal(error):
        complain(f"{command}: {reason(error)}")
        return REFUSED
    if isinstance(error, RunnerError) or _is_of_the_machine(error):
        complain(f"{command}: failed: {without_secrets(one_line(error))}")
        return FAILED
    complain(*masked_traceback(error).rstrip("\n").split("\n"))
    complain(f"{command}: {_FAULT} ({without_secrets(one_line(error))})")
    return FAILED


def is_refusal(error: BaseException) -> bool:
    """Tell whether the user's settings or arguments are to blame."""
    if _refusal_in(error):
        return True
    if isinstance(error, HydraException | OmegaConfBaseException):
        # Hydra wraps whatever the launcher or the sweeper raises while they are made.
        cause = error.__cause__
        return cause is None or not is_fault(cause)
    return isinstance(error, Refused) or _is_of_hydra(error)


def reason(error: BaseException) -> str:
    """Fold an error into one line; of a setting that does not exist, say which ones do."""
    return without_secrets(_reason(error))


def _reason(error: BaseException) -> str:
    error = _refusal_in(error) or error
    line = " ".join(str(error).split()).partition(" Config search path:")[0]
    named = None if isinstance(error, RunnerError) else hydra_failures.named(error)
    if named:
        return named
    if not isinstance(error, Refused | HydraException | OmegaConfBaseException):
        return one_line(error)
    if isinstance(error, OverrideParseException):
        return hydra_failures.unreadable(error.override, line)
    unknown = hydra_failures.unknown(error)
    if unknown is None:
        return no_choice(line, known_settings([])) or line
    return _no_such_setting(line, *unknown)


def _no_such_setting(line: str, keys: list[str], known: str) -> str:
    setting = ".".join(keys)
    if not known:
        return f"{setting}: no such setting with these choices of Hydra's; --hydra-help says more"
    if keys[-1] not in known.split(", "):
        return no_such_setting(keys, known)
    if f"'{setting}." in line:
        return f"{setting} holds no settings: {line}"
    group = ".".join(keys[:-1]) or "the top level"
    return f"{setting}: no such setting with this choice of {group}"


def _refusal_in(error: BaseException) -> Refused | None:
    """Find a refusal that a library has wrapped: what sets up the log wraps any error."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, Refused):
        cause = cause.__cause__
    return cause


def _is_of_the_machine(error: Exception) -> bool:
    machine = isinstance(error, OSError) and error.errno in _OF_THE_MACHINE
    thread = isinstance(error, RuntimeError) and str(error) == _NO_THREAD
    return machine or thread or isinstance(error, MemoryError)


def _is_of_hydra(error: BaseException) -> bool:
    """Tell whether Hydra failed before it called the runner: a folder it could not make, say."""
    package = Path(__file__).resolve().parents[1]
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    files = [Path(frame.f_code.co_filename) for frame in frames]
    own = [at for at, file in enumerate(files) if file.is_relative_to(package)]
    if not own or files[own[-1]].name not in _DOORS:
        return False
    called = frames[own[-1] + 1 :]
    return any(frame.f_globals.get("__name__", "").startswith("hydra.") for frame in called)
