"""Measure exported files: bytes, accuracy, memory, latency and the bytes of each weight."""
