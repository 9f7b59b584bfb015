"""Convert a Keras model into the files that ship."""
