"""Encode the weights of TFLite files for TFLite Micro, which decodes them layer by layer."""
