"""Hydra's search for plugins goes in, which looks only in a package of this name; ours come out."""

from runner.sweep.launchers.local import launcher


class WorkersLauncher(launcher.WorkersLauncher):
    """The launcher, under a name that Hydra accepts."""
