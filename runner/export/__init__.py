"""Convert Keras models into h5 and TFLite files."""
