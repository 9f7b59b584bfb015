"""Run the sweeps of one night."""
