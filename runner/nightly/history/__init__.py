"""Read and write what nights leave in the store."""
