"""Choose which setting of a sweep to try next, and when nothing more is worth a try."""
