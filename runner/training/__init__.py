"""Train a Keras model, and keep dense ones for the next run."""
