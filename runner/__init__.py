"""Sweep runner for pruning Keras models: prune, export, measure, compare in MLflow."""

__version__ = "0.1.0"
