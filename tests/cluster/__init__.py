"""Test sweeps on several machines, with real servers."""
