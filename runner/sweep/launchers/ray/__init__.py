"""Run jobs as calls of Ray's actors, on the machines of a cluster."""
