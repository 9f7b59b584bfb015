"""Launch the jobs of a sweep."""
