"""Measure what a sweep of many points costs besides its points."""
