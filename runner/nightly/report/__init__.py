"""Report how a night went."""
