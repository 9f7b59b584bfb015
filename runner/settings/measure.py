"""Describe what is measured of the files, besides their bytes and their accuracy."""

from runner.settings.base import Group
from runner.settings.fields import Flag, OptionalCommand, Rate


class MeasureSettings(Group):
    """What is measured of a file besides its bytes and its accuracy."""

    latency: Flag = False
    """Whether each TFLite file is timed on this machine, one image at a time, on one thread."""
    tflm_seconds: Rate = 10.0
    """Seconds in which TFLite Micro runs test images through a file, at most 1,000 of them, where
    a microcontroller is asked for."""
    command: OptionalCommand = None
    """A command that measures a file and prints one line of JSON with numbers; `{file}` stands
    for the file's path."""
    command_seconds: Rate = 60.0
    """Seconds after which that command is ended."""
