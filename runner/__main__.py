"""Enter from the command line: a command by its name, or one point, or a sweep of points."""

import sys

from runner.cli import commands
from runner.cli.versions import version_lines
from runner.escaping.terminal import complain, prepare_streams, say
from runner.process.encoding import use_utf8


def main() -> None:
    """Enter from the command line."""
    use_utf8()
    prepare_streams()
    arguments = sys.argv[1:]
    if refusal := commands.refusal(arguments):
        complain(f"runner: {refusal}")
        sys.exit(commands.REFUSED)
    if arguments and arguments[0] in commands.MODULES:
        commands.enter(*arguments)
    if "--version" in arguments:
        say(*version_lines())
        return
    # Hydra takes its time to import, which a command need not wait for.
    from runner.cli.hydra_line import run
    from runner.sweep.sweeper import PruningSweeper

    sys.exit(run(arguments) or int(PruningSweeper.failed))


if __name__ == "__main__":
    main()
