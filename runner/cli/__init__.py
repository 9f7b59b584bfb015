"""Turn a command line into settings, and what happened into an exit code."""
