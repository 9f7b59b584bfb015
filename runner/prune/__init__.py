"""A dense model goes in; a copy of it in which most weights are zero comes out."""
