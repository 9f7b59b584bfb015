"""Load images and labels of every accepted kind of data set."""
