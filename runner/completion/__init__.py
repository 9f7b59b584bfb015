"""Measure what a device needs of files that are stored already, and make the files it gains."""
