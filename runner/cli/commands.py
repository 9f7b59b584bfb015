"""Find the command that the first word of a command line names, as in `python -m runner best`."""

import importlib
import re
import sys
from collections.abc import Sequence

# The modules whose `main` reads what follows the word. Each is entered by its own name too, as in
# `python -m runner.best`, for installed crontabs hold that.
MODULES = {
    "best": "runner.best",
    "delete": "runner.delete",
    "list": "runner.cli.list_sweeps",
    "nightly": "runner.nightly.__main__",
    "promote": "runner.promote",
    "report": "runner.report.__main__",
    "settings": "runner.cli.settings",
    "ui": "runner.ui.__main__",
}
REFUSED = 2

# Hydra's words have an equals sign, a plus, a tilde, a dash or a dot.
_WORD = re.compile(r"[\w-]+")


def refusal(arguments: Sequence[str]) -> str:
    """Say why the first word is neither a command nor one for Hydra; empty where it is."""
    word = arguments[0] if arguments else ""
    if word in MODULES or word.startswith("-") or not _WORD.fullmatch(word):
        return ""
    # All settings are imported with it, which a command may not need.
    from runner.settings.suggestion import suggestion

    accepted = f"one of the commands {', '.join(MODULES)}, or a setting, as in seed=1"
    return f"{word}: must be {accepted}{suggestion(word, MODULES)}"


def enter(name: str, *arguments: str) -> None:
    """Enter a command as if its module had been started by its own name; it exits."""
    module = importlib.import_module(MODULES[name])
    sys.argv = [str(module.__file__), *arguments]
    module.main()
