"""A list of sweeps goes in; a night of them, judged against earlier nights, comes out."""
