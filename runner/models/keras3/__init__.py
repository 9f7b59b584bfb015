"""Convert models of Keras 3 into models of Keras 2, the only ones that TFMOT prunes."""
