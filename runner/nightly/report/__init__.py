"""Tell people how a night went."""
