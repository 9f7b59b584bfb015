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
        weight_bits: of weights that AI Edge Quantizer stores after the conversion; None without.
    """

    optimize: tuple[str, ...] = ()
    operators: str | None = None
    types: tuple[str, ...] = ()
    images: str = "float32"
    calibrated: bool = False
    aware: bool = False
    weight_bits: int | None = None


class Encoding(StrEnum):
    """How a file stores the weights of another one, for TFLite Micro's operator DECODE."""

    PRUNED = "pruned"
    LOOK_UP = "lut"


class Target(StrEnum):
    """An exported file: the value is its stem and the suffix of its metrics.

    Attributes:
        conversion: how a TFLite file is converted; None for others.
        encoding: how a file stores the weights of its source; None where it has none.
    """

    conversion: Conversion | None
    encoding: Encoding | None
    _source: str | None

    def __new__(
        cls,
        value: str,
        conversion: Conversion | None = None,
        encoding: Encoding | None = None,
        source: str | None = None,
    ) -> "Target":
        """Take the name, and how the file is converted or what it is encoded from."""
        target = str.__new__(cls, value)
        target._value_ = value
        target.conversion = conversion
        target.encoding = encoding
        target._source = source
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
    TFLITE_INT4 = "tflite_int4", Conversion(images="int8", calibrated=True, weight_bits=4)
    TFLM_PRUNED_INT8 = "tflm_pruned_int8", None, Encoding.PRUNED, "tflite_int8"
    TFLM_PRUNED_FLOAT32 = "tflm_pruned_float32", None, Encoding.PRUNED, "tflite_float32"
    TFLM_LUT_INT8 = "tflm_lut_int8", None, Encoding.LOOK_UP, "tflite_int8"

    @property
    def source(self) -> "Target | None":
        """The target whose file this one is encoded from; None for all that are converted."""
        return Target(self._source) if self._source else None

    @property
    def on_tflm_only(self) -> bool:
        """Whether nothing but TFLite Micro runs the file."""
        return self.encoding is not None

    def goes_with(self, compress: str) -> bool:
        """Tell whether a point with this compression can have the file; `none` for a baseline."""
        return self.encoding is not Encoding.LOOK_UP or compress.startswith("cluster")

    @property
    def file_name(self) -> str:
        """Name the file, with the extension that its readers expect."""
        return f"{self}.h5" if self is Target.H5 else f"{self}.tflite"
