"""A layer goes in; how TFMOT quantizes it, so that it keeps its zeros, comes out.

As TFMOT has it, all layers of a kind share one quantizer and what it knows about zeros, and kernels
right before a ReLU or a Concatenate are not kept at all.
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
from runner.compress.qat_quantizers import RunningRange, WholeKernel


class Unquantizable(Exception):
    """TFMOT cannot quantize some layers; each is named, with its kind."""


class KeepingScheme(tfmot.quantization.keras.QuantizeScheme):
    """TFMOT's 8-bit scheme that keeps zeros and, after clustering, shared values."""

    def __init__(self, clustered: bool) -> None:
        self._registry = _Registry(clustered)

    def get_layout_transformer(self) -> Any:
        """Return what prepares the layers of a model."""
        return _Layout(self._registry)

    def get_quantize_registry(self) -> Any:
        """Return what knows how a layer is quantized."""
        return self._registry


class _Registry:
    """How a layer is quantized, with quantizers that it shares with no other layer."""

    def __init__(self, clustered: bool) -> None:
        self._clustered = clustered

    def supports(self, layer: keras.layers.Layer) -> bool:
        keeps: bool = self._fresh().supports(layer)
        return keeps and bool(Default8BitQuantizeRegistry().supports(layer))

    def get_quantize_config(self, layer: keras.layers.Layer) -> Any:
        return self.keeping(layer, Default8BitQuantizeRegistry().get_quantize_config(layer))

    def keeping(self, layer: keras.layers.Layer, config: Any) -> Any:
        """Change how a layer is quantized so that its kernel keeps what it should."""
        if hasattr(config, "weight_quantizer") and layer.trainable_weights:
            registry = self._fresh()
            if self._clustered:
                registry.apply_cluster_preserve_quantize_config(layer, config)
            else:
                registry.apply_sparsity_preserve_quantize_config(layer, config)
            if isinstance(config.weight_quantizer, ClusterPreserveDefaultWeightsQuantizer):
                config.weight_quantizer = WholeKernel()
        return _following_data(config)

    def _fresh(self) -> Any:
        if self._clustered:
            return tfmot.experimental.combine.Default8BitClusterPreserveQuantizeScheme(
                preserve_sparsity=True
            ).get_quantize_registry()
        scheme = tfmot.experimental.combine.Default8BitPrunePreserveQuantizeScheme()
        return scheme.get_quantize_registry()


class _Layout(tfmot.quantization.keras.QuantizeLayoutTransform):
    """TFMOT's preparation of the layers, and after it what it leaves out."""

    def __init__(self, registry: _Registry) -> None:
        self._registry = registry

    def apply(self, model: keras.Model, known: dict[str, Any]) -> tuple[keras.Model, Any]:
        original = tfmot.quantization.keras.default_8bit.Default8BitQuantizeLayoutTransform()
        model, known = original.apply(model, known)
        refused = [*_normalized_dense(model)]
        for layer in model.layers:
            config = known.get(layer.name, {}).get("quantize_config")
            if config is not None:
                known[layer.name]["quantize_config"] = self._changed(layer, config)
            elif layer.name in known and not self._registry.supports(layer):
                refused.append(f"{layer.name} ({_kind(layer)})")
        if refused:
            raise Unquantizable(", ".join(refused))
        return model, known

    def _changed(self, layer: keras.layers.Layer, config: Any) -> Any:
        if not (isinstance(config, NoOpQuantizeConfig) and self._has_kernel(layer)):
            return self._registry.keeping(layer, config)
        # Before a ReLU nothing is rounded, as the two are one in the file; the kernel is, though.
        if layer.activation is keras.activations.linear:
            layer.activation = NoOpActivation()
        return self._registry.get_quantize_config(layer)

    def _has_kernel(self, layer: keras.layers.Layer) -> bool:
        return bool(layer.trainable_weights) and self._registry.supports(layer)


def _kind(layer: keras.layers.Layer) -> str:
    if isinstance(layer, keras.layers.BatchNormalization):
        return "BatchNormalization, not right after a convolution without activation"
    return type(layer).__name__


def _normalized_dense(model: keras.Model) -> Iterator[str]:
    """Name the normalizations that TFMOT takes and LiteRT's converter leaves in float."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            before = layer.input.node.layer
            if isinstance(before, keras.layers.Dense):
                yield f"{layer.name} (BatchNormalization of {before.name}, a Dense layer)"


def _following_data(config: Any) -> Any:
    """Take the ranges of activations from the data from the first batch on."""
    if hasattr(config, "activation_quantizer"):
        config.activation_quantizer = RunningRange()
    outputs = config.get_output_quantizers
    config.get_output_quantizers = lambda layer: [RunningRange() for _ in outputs(layer)]
    return config
