"""Train Keras models, and cache the dense ones."""
