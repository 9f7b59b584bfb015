"""Decide, before TensorFlow is imported, which points may run and what identifies them."""
