"""Say how far figures from a number of images may be off."""
