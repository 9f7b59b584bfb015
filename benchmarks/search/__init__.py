"""Replay searches on sweeps that were run whole."""
