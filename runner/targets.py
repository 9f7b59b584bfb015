"""Nothing goes in; the names of the files that a run exports come out."""

from enum import StrEnum


class Target(StrEnum):
    """An exported file: the value is its stem and the suffix of its metrics."""

    H5 = "h5"
    TFLITE_FLOAT32 = "tflite_float32"
    TFLITE_FLOAT16 = "tflite_float16"
    TFLITE_DYNAMIC = "tflite_dynamic"
    TFLITE_INT8 = "tflite_int8"

    @property
    def file_name(self) -> str:
        """Name the file, with the extension that its readers expect."""
        return f"{self}.h5" if self is Target.H5 else f"{self}.tflite"
