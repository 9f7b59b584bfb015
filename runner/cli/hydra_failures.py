"""Say which of Hydra's settings a failure of Hydra's is about, and what that setting takes."""

import re
import sys
import traceback

from hydra.core.config_store import ConfigNode, ConfigStore
from omegaconf import OmegaConf

from runner.settings import known_settings
from runner.settings.base import Group
from runner.settings.hydra_groups import LauncherSettings, RayLauncherSettings, with_launcher
from runner.settings.slurm_launcher import SlurmLauncherSettings

_GROUPS = ("help", "hydra_help", "hydra_logging", "job_logging", "launcher", "sweeper")
PART_CHOICE = "must be settings in braces; a choice is typed with a slash, as in"
_LAUNCHERS: dict[str, type[Group]] = {"ray": RayLauncherSettings, "slurm": SlurmLauncherSettings}
_QUOTES = "a value with such characters stands in quotes of its own, as in 'key=\"a=b, c\"'"
_ENDS = {
    "missing EQUAL at '<EOF>'": "there is no =",
    "mismatched input '<EOF>'": "something is missing at its end",
}
_DEVICES = "devices=[phone,microcontroller]"
_LOGS = "hydra.job_logging, hydra.hydra_logging"


def named(error: BaseException) -> str | None:
    """Return a line that names the setting, for failures whose own text does not; None for others.

    Args:
        error: what ended the command.
    """
    text = " ".join(str(error).split())
    cause = str(error.__cause__ or "").partition("\n")[0]
    values = _of_several_values(text)
    if values:
        return values
    merging = re.match(r"Error merging override [+~]*(?P<key>[\w.]+)=", text)
    if merging:
        typed, key = text.removeprefix("Error merging override "), merging["key"]
        group = key.removeprefix("hydra.")
        accepted = f"{PART_CHOICE} hydra/{group}=NAME" if group in _GROUPS else cause
        return f"{typed}: {accepted}" if accepted else None
    if text == "Input config does not have a `_target_` field":
        return f"hydra.launcher, hydra.sweeper: {PART_CHOICE} hydra/launcher=joblib"
    if text == "A logger name must be a string" or _where(error) == "configure_log":
        return "hydra.verbose: must be true, false, or names of loggers, as in [a,b]"
    if text.startswith("Unable to configure "):
        reason = f"{text}: {cause}" if cause else text
        return f"{_LOGS}: must be what Python's logging.config takes ({reason})"
    return None


def _of_several_values(text: str) -> str:
    """Say where several values can be given; empty for failures of something else."""
    several = re.match(r"(?:Ambiguous value for argument|Sweep parameters) '(?P<typed>.*?)'", text)
    if several and re.match(r"devices?(\.name)?=", several["typed"]):
        return f"{several['typed']}: several devices stand in brackets, as in {_DEVICES}"
    if several:
        return (
            f"{several['typed']}: several values are a sweep, which -m asks for; a list stands in "
            "brackets, a text with commas in quotes of its own"
        )
    beside = re.match(r"Sweeping over Hydra's configuration is not supported : '(.*)'", text)
    return f"{beside[1]}: takes one value for a whole sweep" if beside else ""


def unknown(error: BaseException) -> tuple[list[str], str] | None:
    """Return the keys of a setting that is not there, and the names of those that are.

    None for failures of something else; no names where the group is not known either.
    """
    failed = re.match(r"Could not override '([\w.]+)'", str(error))
    if not failed:
        return None
    cause = str(error.__cause__)
    # In braces several settings are given, of which the cause names the one that is not there.
    inner = re.search(rf"full_key: ({re.escape(failed[1])}\.[\w.]+)", cause)
    keys = (inner[1] if inner else failed[1]).split(".")
    model = re.search(r"not in '(\w+)'", cause)
    if keys[:1] != ["hydra"]:
        while len(keys) > 1 and not known_settings(keys[:-1]):
            keys.pop()
        return keys, known_settings(keys[:-1])
    if model:
        return keys, _of_hydra(keys[1], model[1])
    return keys, known_settings(keys[:-1], with_launcher(_typed_launcher()))


def _typed_launcher() -> type[Group]:
    """Return the settings of the launcher that the command line chooses."""
    typed = [each.partition("=")[2] for each in sys.argv if each.startswith("hydra/launcher=")]
    return _LAUNCHERS.get(typed[-1] if typed else "", LauncherSettings)


def _of_hydra(part: str, model: str) -> str:
    """List the settings of a launcher or a sweeper of Hydra's, by the name of its class."""
    group = ConfigStore.instance().repo["hydra"].get(part, {})
    nodes = [option.node for option in group.values() if isinstance(option, ConfigNode)]
    of_class = [
        node for node in nodes if getattr(OmegaConf.get_type(node), "__name__", "") == model
    ]
    return ", ".join(name for node in of_class for name in map(str, node) if name != "_target_")


def unreadable(override: str, line: str) -> str:
    """Say why an override cannot be read, without the grammar that Hydra's own text lists.

    Args:
        override: as it is typed.
        line: Hydra's text.
    """
    text = line.partition(" See https:")[0].removeprefix(f"Error parsing override '{override}' ")
    called = re.fullmatch(r"\w+ while evaluating '(?P<call>.*)': (?P<reason>.*)", text)
    if called:
        return f"{override}: {called['call']}: {called['reason']}"
    if text.startswith("LexerNoViableAltException"):
        text = "a character stands where none like it can"
    for theirs, ours in _ENDS.items():
        text = text.replace(theirs, ours)
    text = re.sub(r" expecting .*", "", text)
    return f"{override}: {text}; {_QUOTES}"


def _where(error: BaseException) -> str:
    """Name the function of an assertion that failed, which has no text."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return frames[-1].f_code.co_name if frames and isinstance(error, AssertionError) else ""
