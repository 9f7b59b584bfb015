"""Offer the launcher to Hydra, which looks for plugins only in a package of this name."""

from runner.sweep.launchers.slurm import launcher


class SlurmLauncher(launcher.SlurmLauncher):
    """The launcher, in a module where Hydra finds it."""
