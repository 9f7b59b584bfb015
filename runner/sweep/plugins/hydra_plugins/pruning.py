"""Offer the sweeper to Hydra, which looks for plugins only in a package of this name."""

from runner.sweep import sweeper


class PruningSweeper(sweeper.PruningSweeper):
    """The sweeper, in a module where Hydra finds it."""
