"""Run a list of sweeps every night, and judge each night by the ones before it."""
