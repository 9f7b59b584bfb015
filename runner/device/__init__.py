"""Measure what devices make of exported files, without TensorFlow."""
