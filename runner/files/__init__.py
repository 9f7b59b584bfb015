"""Read and keep files that other people may have written."""
