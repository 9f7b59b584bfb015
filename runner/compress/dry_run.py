"""Try on an untrained model whether TFMOT can cluster and quantize it."""

from collections.abc import Iterator

from runner.backend import ClusteringRegistry, Default8BitQuantizeRegistry, keras
from runner.compress.clustering import wrap
from runner.compress.qat import make_quantization_aware
from runner.compress.qat_scheme import Unquantizable
from runner.models.clone import copy_model
from runner.prune.sparsity import prunable_weights
from runner.settings import CompressSettings

# Activations that TFMOT rounds before or after. Those below work only as an Activation layer of
# their own: with relu6 or swish inside another layer the converter leaves all of it in float.
_ACTIVATIONS = frozenset({"gelu", "linear", "relu", "sigmoid", "softmax", "tanh"})
_ONLY_AS_LAYERS = frozenset({"relu6", "swish", "silu"})


def unsupported(model: keras.Model, settings: CompressSettings) -> str | None:
    """Say in one line why TFMOT cannot cluster or quantize a model; None if it can.

    The models of all stages are built; the given one stays as it is.
    """
    reasons = []
    if settings.clusters_weights:
        reasons.append(_why_not_clustered(model, settings.clusters))
    if settings.quantizes:
        reasons.append(_why_not_quantized(model, settings.clusters_weights))
    return "; ".join(filter(None, reasons)) or None


def _why_not_clustered(model: keras.Model, clusters: int) -> str | None:
    refused = [
        _describe(layer)
        for layer in model.layers
        if (weights := prunable_weights(layer))
        # TFMOT's wrappers of layers with several kernels keep no zeros.
        and (len(weights) > 1 or not ClusteringRegistry.supports(layer))
    ]
    if refused:
        return f"cannot be clustered by TFMOT: {', '.join(refused)}"
    wrap(copy_model(model), clusters)
    return None


def _why_not_quantized(model: keras.Model, clustered: bool) -> str | None:
    refused = list(_unsupported_layers(model))
    if not refused:
        try:
            make_quantization_aware(model, clustered)
        except Unquantizable as error:
            refused = [str(error)]
        except Exception as error:
            refused = [str(error).strip().splitlines()[0]]
    return f"cannot be quantized by TFMOT: {', '.join(refused)}" if refused else None


def _unsupported_layers(model: keras.Model) -> Iterator[str]:
    """Describe layers at which TFMOT would fail without naming them, or which it would ignore."""
    known = Default8BitQuantizeRegistry()
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer | keras.layers.BatchNormalization):
            # Whether a normalization can be quantized depends on the layer before it.
            continue
        if isinstance(layer, keras.Model):
            yield f"{layer.name} (a model inside the model)"
        elif not known.supports(layer):
            yield _describe(layer)
        elif (name := _activation(layer)) not in _ACTIVATIONS:
            yield f"{layer.name} ({type(layer).__name__} with the activation {name})"
        elif isinstance(layer, keras.layers.ReLU) and (layer.negative_slope or layer.threshold):
            yield f"{layer.name} (ReLU with a slope or a threshold)"


def _activation(layer: keras.layers.Layer) -> str:
    name = getattr(getattr(layer, "activation", None), "__name__", "linear")
    is_layer = isinstance(layer, keras.layers.Activation) and name in _ONLY_AS_LAYERS
    return "relu" if is_layer else name


def _describe(layer: keras.layers.Layer) -> str:
    return f"{layer.name} ({type(layer).__name__})"
