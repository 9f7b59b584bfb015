"""Break small real sweeps at random moments, and compare what becomes of them with a twin."""
