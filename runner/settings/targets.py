"""List the files that a run can export, and how each is converted.

Adding a target is adding one entry here.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Conversion:
    """Options of LiteRT's converter, by the names that TensorFlow has for them.

    Attributes:
        optimize: names in `tf.lite.Optimize`.
        operators: a name in `tf.lite.OpsSet`; without one the converter's own choice.
        types: of stored weights, where it is not the converter's choice.
        images: the type of what goes in and comes out.
        calibrated: whether the ranges of activations are taken from training images.
        aware: whether the file is made from the quantization-aware model, where there is one.
    """

    optimize: tuple[str, ...] = ()
    operators: str | None = None
    types: tuple[str, ...] = ()
    images: str = "float32"
    calibrated: bool = False
    aware: bool = False


class Target(StrEnum):
    """An exported file: the value is its stem and the suffix of its metrics."""

    conversion: Conversion | None

    def __new__(cls, value: str, conversion: Conversion | None = None) -> "Target":
        """Take the name and, for a TFLite file, how it is converted."""
        target = str.__new__(cls, value)
        target._value_ = value
        target.conversion = conversion
        return target

    H5 = "h5"
    TFLITE_FLOAT32 = "tflite_float32", Conversion()
    TFLITE_FLOAT16 = "tflite_float16", Conversion(("DEFAULT",), types=("float16",))
    TFLITE_DYNAMIC = "tflite_dynamic", Conversion(("DEFAULT",))
    TFLITE_INT8 = (
        "tflite_int8",
        Conversion(
            ("DEFAULT",), "TFLITE_BUILTINS_INT8", images="int8", calibrated=True, aware=True
        ),
    )
    TFLITE_INT16X8 = (
        "tflite_int16x8",
        Conversion(
            ("DEFAULT",),
            "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8",
            images="int16",
            calibrated=True,
        ),
    )
    TFLITE_FLOAT32_SPARSE = "tflite_float32_sparse", Conversion(("EXPERIMENTAL_SPARSITY",))

    @property
    def file_name(self) -> str:
        """Name the file, with the extension that its readers expect."""
        return f"{self}.tflite" if self.conversion else f"{self}.h5"
