"""Offer the launcher to Hydra, which looks for plugins only in a package of this name."""

from runner.sweep.launchers.local import launcher


class WorkersLauncher(launcher.WorkersLauncher):
    """The launcher, in a module where Hydra finds it."""
