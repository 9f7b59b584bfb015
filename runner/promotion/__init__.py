"""Compare the champion of a registered model with the file that is to take its place."""
