"""Hydra's side of the project: which points a sweep has, and what becomes of them."""
