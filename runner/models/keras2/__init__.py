"""Say what a file of Keras 2 may hold without being trusted."""
