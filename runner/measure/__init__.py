"""Measure exported files: bytes, accuracy, memory, latency, weights."""
