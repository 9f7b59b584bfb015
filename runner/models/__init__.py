"""Build the Keras models that are pruned: shipped ones, and those of the user."""
