"""Delete what no night needs any more."""
