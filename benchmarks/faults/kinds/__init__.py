"""Make faults, a file for each of their causes."""
