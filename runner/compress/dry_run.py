"""An untrained model goes in; why it cannot be clustered or quantized comes out."""

from collections.abc import Iterator

from runner.backend import ClusteringRegistry, Default8BitQuantizeRegistry, keras
from runner.compress.clustering import wrap
from runner.compress.qat import made_aware
from runner.compress.qat_scheme import Unquantizable
from runner.models.clone import copied
from runner.prune.sparsity import prunable_weights
from runner.settings import CompressSettings

# What TFMOT rounds before or after; the layer Activation also has relu6, and swish, which inside of
# another layer the converter leaves in float with all of that layer.
_ACTIVATIONS = frozenset({"gelu", "linear", "relu", "sigmoid", "softmax", "tanh"})
_OF_THEIR_OWN = frozenset({"relu6", "swish", "silu"})


def unsupported(model: keras.Model, settings: CompressSettings) -> str | None:
    """Build what the stages would build, and return in one line what TFMOT has against it.

    The model stays as it is; None means that all stages can be built.
    """
    reasons = []
    if settings.clusters_weights:
        reasons.append(_why_not_clustered(model, settings.clusters))
    if settings.quantizes:
        reasons.append(_why_not_quantized(model, settings.clusters_weights))
    return "; ".join(filter(None, reasons)) or None


def _why_not_clustered(model: keras.Model, clusters: int) -> str | None:
    refused = [
        _named(layer)
        for layer in model.layers
        if (weights := prunable_weights(layer))
        # The wrappers of layers with several kernels keep no zeros.
        and (len(weights) > 1 or not ClusteringRegistry.supports(layer))
    ]
    if refused:
        return f"cannot be clustered by TFMOT: {', '.join(refused)}"
    wrap(copied(model), clusters)
    return None


def _why_not_quantized(model: keras.Model, clustered: bool) -> str | None:
    refused = list(_unknown(model))
    if not refused:
        try:
            made_aware(model, clustered)
        except Unquantizable as error:
            refused = [str(error)]
        except Exception as error:
            refused = [str(error).strip().splitlines()[0]]
    return f"cannot be quantized by TFMOT: {', '.join(refused)}" if refused else None


def _unknown(model: keras.Model) -> Iterator[str]:
    """Name what TFMOT would fail at without a name, or pass over in silence."""
    known = Default8BitQuantizeRegistry()
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer | keras.layers.BatchNormalization):
            # Whether a normalization can be quantized depends on the layer before it.
            continue
        if isinstance(layer, keras.Model):
            yield f"{layer.name} (a model inside the model)"
        elif not known.supports(layer):
            yield _named(layer)
        elif (name := _activation(layer)) not in _ACTIVATIONS:
            yield f"{layer.name} ({type(layer).__name__} with the activation {name})"
        elif isinstance(layer, keras.layers.ReLU) and (layer.negative_slope or layer.threshold):
            yield f"{layer.name} (ReLU with a slope or a threshold)"


def _activation(layer: keras.layers.Layer) -> str:
    name = getattr(getattr(layer, "activation", None), "__name__", "linear")
    alone = isinstance(layer, keras.layers.Activation) and name in _OF_THEIR_OWN
    return "relu" if alone else name


def _named(layer: keras.layers.Layer) -> str:
    return f"{layer.name} ({type(layer).__name__})"
