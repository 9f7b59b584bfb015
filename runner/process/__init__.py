"""Stop, isolate, name and quieten processes."""
