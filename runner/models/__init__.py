"""A model file or a function of the user's goes in; a Keras model that can be pruned comes out."""
