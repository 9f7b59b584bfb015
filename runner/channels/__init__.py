"""Remove whole channels from a dense model, and train what is left."""
