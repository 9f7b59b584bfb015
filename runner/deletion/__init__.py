"""Delete a sweep, and what nobody but it uses."""
