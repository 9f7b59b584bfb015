"""Turn a folder that has a folder of images for each class into arrays."""
