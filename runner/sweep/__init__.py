"""Run the points of a sweep, as Hydra's sweeper and launcher."""
