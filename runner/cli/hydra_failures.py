"""Say which of Hydra's settings a failure of Hydra's is about, and what that setting takes."""

import re
import traceback

_GROUPS = ("help", "hydra_help", "hydra_logging", "job_logging", "launcher", "sweeper")
_CHOICE = "must be settings in braces; a choice is typed with a slash, as in"
_DEVICES = "devices=[phone,microcontroller]"
_LOGS = "hydra.job_logging, hydra.hydra_logging"


def named(error: BaseException) -> str | None:
    """Return a line that names the setting, for failures whose own text does not; None for others.

    Args:
        error: what ended the command.
    """
    text = " ".join(str(error).split())
    cause = str(error.__cause__ or "").partition("\n")[0]
    comma = re.match(r"Ambiguous value for argument '(?P<typed>devices?(\.name)?=[^']*)'", text)
    if comma:
        return f"{comma['typed']}: several devices stand in brackets, as in {_DEVICES}"
    merging = re.match(r"Error merging override [+~]*(?P<key>[\w.]+)=", text)
    if merging:
        typed, key = text.removeprefix("Error merging override "), merging["key"]
        group = key.removeprefix("hydra.")
        accepted = f"{_CHOICE} hydra/{group}=NAME" if group in _GROUPS else cause
        return f"{typed}: {accepted}" if accepted else None
    if text == "Input config does not have a `_target_` field":
        return f"hydra.launcher, hydra.sweeper: {_CHOICE} hydra/launcher=joblib"
    if text == "A logger name must be a string" or _where(error) == "configure_log":
        return "hydra.verbose: must be true, false, or names of loggers, as in [a,b]"
    if text.startswith("Unable to configure "):
        reason = f"{text}: {cause}" if cause else text
        return f"{_LOGS}: must be what Python's logging.config takes ({reason})"
    return None


def _where(error: BaseException) -> str:
    """Name the function of an assertion that failed, which has no text."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return frames[-1].f_code.co_name if frames and isinstance(error, AssertionError) else ""
