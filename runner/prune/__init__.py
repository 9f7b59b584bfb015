"""Prune a trained Keras model with TFMOT, and check the zeros of its weights."""
