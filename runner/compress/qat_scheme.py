"""Tell TFMOT how to quantize each layer so that it keeps its zeros.

In TFMOT itself all layers of a kind share one quantizer and what it knows about zeros, and kernels
right before a ReLU or a Concatenate lose theirs.
"""

from collections.abc import Iterator
from typing import Any

from runner.backend import (
    ClusterPreserveDefaultWeightsQuantizer,
    Default8BitQuantizeRegistry,
    NoOpActivation,
    NoOpQuantizeConfig,
    keras,
    tfmot,
)
from runner.compress.qat_quantizers import RunningRangeQuantizer, WholeKernelQuantizer
from runner.errors import StepFailed


class Unquantizable(StepFailed):
    """TFMOT cannot quantize some layers; each is named, with its kind."""


class PreservingScheme(tfmot.quantization.keras.QuantizeScheme):
    """Quantize to 8 bits as TFMOT does, and keep zeros and, after clustering, shared values."""

    def __init__(self, clustered: bool) -> None:
        self._registry = _Registry(clustered)

    def get_layout_transformer(self) -> Any:
        """Return the transform that prepares the layers of a model."""
        return _LayoutTransform(self._registry)

    def get_quantize_registry(self) -> Any:
        """Return the registry that says how a layer is quantized."""
        return self._registry


class _Registry:
    """Say how a layer is quantized, with quantizers that it shares with no other layer."""

    def __init__(self, clustered: bool) -> None:
        self._clustered = clustered

    def supports(self, layer: keras.layers.Layer) -> bool:
        """Tell whether TFMOT can quantize a layer, and keep its zeros while doing so."""
        preserves: bool = self._new_registry().supports(layer)
        return preserves and bool(Default8BitQuantizeRegistry().supports(layer))

    def get_quantize_config(self, layer: keras.layers.Layer) -> Any:
        """Return how TFMOT quantizes a layer, changed so that its kernel keeps its zeros."""
        return self.preserve(layer, Default8BitQuantizeRegistry().get_quantize_config(layer))

    def preserve(self, layer: keras.layers.Layer, config: Any) -> Any:
        """Change how a layer is quantized so that its kernel keeps zeros and shared values."""
        if hasattr(config, "weight_quantizer") and layer.trainable_weights:
            registry = self._new_registry()
            if self._clustered:
                registry.apply_cluster_preserve_quantize_config(layer, config)
            else:
                registry.apply_sparsity_preserve_quantize_config(layer, config)
            if isinstance(config.weight_quantizer, ClusterPreserveDefaultWeightsQuantizer):
                config.weight_quantizer = WholeKernelQuantizer()
        return _use_running_range(config)

    def _new_registry(self) -> Any:
        if self._clustered:
            return tfmot.experimental.combine.Default8BitClusterPreserveQuantizeScheme(
                preserve_sparsity=True
            ).get_quantize_registry()
        scheme = tfmot.experimental.combine.Default8BitPrunePreserveQuantizeScheme()
        return scheme.get_quantize_registry()


class _LayoutTransform(tfmot.quantization.keras.QuantizeLayoutTransform):
    """Prepare layers as TFMOT does, and then change how each of them is quantized."""

    def __init__(self, registry: _Registry) -> None:
        self._registry = registry

    def apply(self, model: keras.Model, layer_metadata: dict[str, Any]) -> tuple[keras.Model, Any]:
        """Return the prepared model, and by layer name how each layer is quantized.

        Raises:
            Unquantizable: TFMOT cannot quantize some layers.
        """
        original = tfmot.quantization.keras.default_8bit.Default8BitQuantizeLayoutTransform()
        model, layer_metadata = original.apply(model, layer_metadata)
        refused = [*_batchnorms_after_dense(model)]
        for layer in model.layers:
            config = layer_metadata.get(layer.name, {}).get("quantize_config")
            if config is not None:
                layer_metadata[layer.name]["quantize_config"] = self._change(layer, config)
            elif layer.name in layer_metadata and not self._registry.supports(layer):
                refused.append(f"{layer.name} ({_kind(layer)})")
        if refused:
            raise Unquantizable(", ".join(refused))
        return model, layer_metadata

    def _change(self, layer: keras.layers.Layer, config: Any) -> Any:
        if not (isinstance(config, NoOpQuantizeConfig) and self._has_kernel(layer)):
            return self._registry.preserve(layer, config)
        # Nothing is rounded before a ReLU, as the file holds both as one operator; the kernel is.
        if layer.activation is keras.activations.linear:
            layer.activation = NoOpActivation()
        return self._registry.get_quantize_config(layer)

    def _has_kernel(self, layer: keras.layers.Layer) -> bool:
        return bool(layer.trainable_weights) and self._registry.supports(layer)


def _kind(layer: keras.layers.Layer) -> str:
    if isinstance(layer, keras.layers.BatchNormalization):
        return "BatchNormalization, not right after a convolution without activation"
    return type(layer).__name__


def _batchnorms_after_dense(model: keras.Model) -> Iterator[str]:
    """Describe the normalizations that TFMOT accepts and LiteRT's converter leaves in float."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            source = layer.input.node.layer
            if isinstance(source, keras.layers.Dense):
                yield f"{layer.name} (BatchNormalization of {source.name}, a Dense layer)"


def _use_running_range(config: Any) -> Any:
    """Learn the ranges of activations from the data, from the first batch on."""
    if hasattr(config, "activation_quantizer"):
        config.activation_quantizer = RunningRangeQuantizer()
    outputs = config.get_output_quantizers
    config.get_output_quantizers = lambda layer: [RunningRangeQuantizer() for _ in outputs(layer)]
    return config
