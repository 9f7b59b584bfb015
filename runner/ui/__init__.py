"""Open MLflow's pages on a sweep."""
