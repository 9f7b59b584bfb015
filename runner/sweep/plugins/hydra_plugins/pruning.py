"""Hydra's search for plugins goes in, which looks only in a package of this name; ours come out."""

from runner.sweep import sweeper


class PruningSweeper(sweeper.PruningSweeper):
    """The sweeper, under a name that Hydra accepts."""
