"""Nothing goes in; TensorFlow, Keras 2 and TFMOT come out, set up so that results repeat.

The only place that imports them: TFMOT needs Keras 2, which must be asked for before TensorFlow
is first imported.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from runner.process.capture import stderr_to_log

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextmanager
def _keras_3_absent() -> Iterator[None]:
    """Spare a second: TFMOT looks for parts of Keras 2 in Keras 3, and does without them."""
    found = {"keras": sys.modules["keras"]} if "keras" in sys.modules else {}
    sys.modules["keras"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["keras"]
        sys.modules.update(found)


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

tf.get_logger().setLevel("ERROR")
# Warnings about gradients, of models that are converted and not trained any more. A filter: the
# level is set anew by TensorFlow.
logging.getLogger("absl").addFilter(lambda record: record.levelno >= logging.ERROR)

__all__ = [
    "ClusterPreserveDefaultWeightsQuantizer",
    "ClusterWeights",
    "ClusteringRegistry",
    "Default8BitQuantizeRegistry",
    "Interpreter",
    "MovingAvgQuantize",
    "NoOpActivation",
    "NoOpQuantizeConfig",
    "PruneLowMagnitude",
    "PruneRegistry",
    "Pruning",
    "convert_variables_to_constants_v2",
    "keras",
    "make_repeatable",
    "save_h5",
    "tf",
    "tfmot",
]


def make_repeatable(seed: int, threads: int) -> None:
    """Start from a clean state: same seed and threads, same figures, bit for bit.

    Raises:
        RuntimeError: this process has already computed with another number of threads.
    """
    keras.backend.clear_session()
    before = tf.config.threading.get_intra_op_parallelism_threads()
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        raise RuntimeError(
            f"threads={threads}: TensorFlow has already computed in this process, "
            f"with threads={before}; it takes one number a process"
        ) from None
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)


def save_h5(model: keras.Model, path: str) -> None:
    """Save a model, without its optimizer, in the HDF5 format of Keras 2."""
    with stderr_to_log():
        keras.models.save_model(model, path, save_format="h5", include_optimizer=False)
