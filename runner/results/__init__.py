"""Read what sweeps logged, and choose files from it."""
