"""Import TensorFlow, Keras 2 and TFMOT, and set them up so that results repeat.

No other module imports them: TFMOT needs Keras 2, which must be selected before the first import of
TensorFlow.
"""

import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runner.process.capture import stderr_to_log

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextmanager
def _keras_3_absent() -> Iterator[None]:
    """Hide Keras 3, whose import takes a second; TFMOT looks for it, but works without it."""
    loaded = {"keras": sys.modules["keras"]} if "keras" in sys.modules else {}
    sys.modules["keras"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["keras"]
        sys.modules.update(loaded)


with stderr_to_log(), _keras_3_absent():
    import tensorflow as tf
    import tensorflow_model_optimization as tfmot
    import tf_keras as keras
    from ai_edge_litert.interpreter import Interpreter
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )
    from tensorflow_model_optimization.python.core.clustering.keras.cluster_wrapper import (
        ClusterWeights,
    )
    from tensorflow_model_optimization.python.core.clustering.keras.clustering_registry import (
        ClusteringRegistry,
    )
    from tensorflow_model_optimization.python.core.quantization.keras.collab_opts.cluster_preserve.cluster_preserve_quantize_registry import (  # noqa: E501
        ClusterPreserveDefaultWeightsQuantizer,
    )
    from tensorflow_model_optimization.python.core.quantization.keras.default_8bit.default_8bit_quantize_configs import (  # noqa: E501
        NoOpQuantizeConfig,
    )
    from tensorflow_model_optimization.python.core.quantization.keras.default_8bit.default_8bit_quantize_registry import (  # noqa: E501
        Default8BitQuantizeRegistry,
    )
    from tensorflow_model_optimization.python.core.quantization.keras.quant_ops import (
        MovingAvgQuantize,
    )
    from tensorflow_model_optimization.python.core.quantization.keras.quantize_aware_activation import (  # noqa: E501
        NoOpActivation,
    )
    from tensorflow_model_optimization.python.core.sparsity.keras.prune_registry import (
        PruneRegistry,
    )
    from tensorflow_model_optimization.python.core.sparsity.keras.pruning_impl import Pruning
    from tensorflow_model_optimization.python.core.sparsity.keras.pruning_wrapper import (
        PruneLowMagnitude,
    )
    from tf_keras.src.applications.convnext import LayerScale
    from tf_keras.src.layers.convolutional.base_conv import Conv

# A layer of Keras' own, of ConvNeXt, that Keras does not find by its name when it reads a file.
keras.utils.get_custom_objects()["LayerScale"] = LayerScale
tf.get_logger().setLevel("ERROR")
# Hides warnings about the gradients of models that are only converted. A filter, because TensorFlow
# resets the level.
logging.getLogger("absl").addFilter(lambda record: record.levelno >= logging.ERROR)

__all__ = [
    "ClusterPreserveDefaultWeightsQuantizer",
    "ClusterWeights",
    "ClusteringRegistry",
    "Conv",
    "Default8BitQuantizeRegistry",
    "Interpreter",
    "LayerScale",
    "MovingAvgQuantize",
    "NoOpActivation",
    "NoOpQuantizeConfig",
    "PruneLowMagnitude",
    "PruneRegistry",
    "Pruning",
    "convert_variables_to_constants_v2",
    "forget_models",
    "keras",
    "keras_3",
    "library_settings",
    "make_repeatable",
    "save_h5",
    "tf",
    "tfmot",
]


def make_repeatable(seed: int, threads: int) -> None:
    """Start from a clean state: the same seed and threads then give the same figures, bit for bit.

    Args:
        seed: for the random numbers of Python, NumPy and TensorFlow.
        threads: number of threads, within one operation and between operations.

    Raises:
        RuntimeError: this process has already computed with another number of threads.
    """
    forget_models()
    threads_before = tf.config.threading.get_intra_op_parallelism_threads()
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        raise RuntimeError(
            f"threads={threads}: TensorFlow has already computed in this process, "
            f"with threads={threads_before}; it takes one number a process"
        ) from None
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)


def forget_models() -> None:
    """Drop what Keras keeps of all models so far, and number layers without a name from 0 again."""
    keras.backend.clear_session()
    if "keras" in sys.modules:
        sys.modules["keras"].utils.clear_session()


def library_settings() -> tuple[object, ...]:
    """List what is set in the libraries for all that this process computes, to be compared."""
    return (
        keras.backend.floatx(),
        keras.backend.epsilon(),
        keras.backend.image_data_format(),
        keras.mixed_precision.global_policy().name,
        frozenset(keras.utils.get_custom_objects()),
        tf.executing_eagerly(),
        tf.config.functions_run_eagerly(),
        tf.config.optimizer.get_jit(),
        repr(sorted(tf.config.optimizer.get_experimental_options().items())),
    )


def keras_3() -> Any:
    """Import Keras 3 beside Keras 2, to read models of the user's that only it can read."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with stderr_to_log():
        return importlib.import_module("keras")


def save_h5(model: keras.Model, path: str) -> None:
    """Save a model, without its optimizer, in the HDF5 format of Keras 2."""
    with stderr_to_log():
        keras.models.save_model(model, path, save_format="h5", include_optimizer=False)
