"""Launch jobs as processes of this machine."""
