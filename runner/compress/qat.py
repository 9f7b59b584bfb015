"""Fine-tune a copy of a pruned model as if it were quantized to int8."""

from runner.backend import keras, tf, tfmot
from runner.compress.qat_scheme import PreservingScheme
from runner.data.dataset import Dataset
from runner.models.clone import copy_model
from runner.models.outputs import gives_logits
from runner.process.capture import stderr_to_log
from runner.settings import CompressSettings
from runner.training.objective import Objective
from runner.training.train import TrainingResult, train

_PREFIX = "quant_"


def quantize(
    model: keras.Model, data: Dataset, settings: CompressSettings
) -> tuple[keras.Model, TrainingResult]:
    """Fine-tune a copy whose weights and activations are rounded as in an int8 file.

    Zeros stay, and after clustering shared values do.

    Source: Jacob et al., "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", 2018.

    Returns:
        The quantization-aware model, and how its training went.

    Raises:
        Diverged: the loss of an epoch is not a number.
        Unquantizable: TFMOT does not know how to quantize some layers.
    """
    aware = make_quantization_aware(model, settings.clusters_weights)
    return aware, train(aware, data, settings, objective=Objective(gives_logits(model)))


def make_quantization_aware(model: keras.Model, clustered: bool) -> keras.Model:
    """Wrap all layers of a copy so that they round as in an int8 file.

    Args:
        clustered: whether kernels have shared values to keep.

    Raises:
        Unquantizable: TFMOT does not know how to quantize some layers.
    """
    quantization = tfmot.quantization.keras
    # AutoGraph would rewrite the wrappers' source code, again for every model, to no effect.
    apply = tf.autograph.experimental.do_not_convert(quantization.quantize_apply)
    with stderr_to_log():
        annotated = quantization.quantize_annotate_model(copy_model(model))
        return apply(annotated, PreservingScheme(clustered), quantized_layer_name_prefix=_PREFIX)


def strip_quantization(aware: keras.Model, like: keras.Model) -> keras.Model:
    """Copy the trained weights, not rounded, into a new model without wrappers.

    Args:
        aware: the quantization-aware model.
        like: the model that it was made of.
    """
    plain = keras.models.clone_model(like)
    for layer in plain.layers:
        if layer.weights:
            wrapper = aware.get_layer(_PREFIX + layer.name)
            trained = {_short(weight): weight.numpy() for weight in wrapper.weights}
            layer.set_weights([trained[_short(weight)] for weight in layer.weights])
    return plain


def _short(weight: tf.Variable) -> str:
    return str(weight.name).rpartition("/")[2]
