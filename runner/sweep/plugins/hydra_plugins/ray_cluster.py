"""Offer the launcher for Ray to Hydra, which looks for plugins only in a package of this name."""

from runner.sweep.launchers.ray import launcher


class RayLauncher(launcher.RayLauncher):
    """The launcher, in a module where Hydra finds it."""
