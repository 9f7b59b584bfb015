"""Run one point, from its settings to its run in the store."""
