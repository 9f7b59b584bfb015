"""Trace and freeze a model once for all conversions."""

import functools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.backend import convert_variables_to_constants_v2, keras, tf
from runner.process.capture import stderr_to_log
from runner.settings.targets import Target


@dataclass(frozen=True, eq=False)
class Exportable:
    """Hold a model and, once a conversion needs it, the same model as a frozen SavedModel.

    Attributes:
        model: the Keras model.
        folder: where the SavedModel is written.
        aware: whether the model is quantization-aware.
        batch: how many images a TFLite file takes at a time; None for any number.
    """

    model: keras.Model
    folder: Path
    aware: bool = False
    batch: int | None = 1

    @functools.cached_property
    def saved_model(self) -> Path:
        """Write a SavedModel of one function with the weights as constants; return its folder.

        For a Keras model the converter would write and read such a folder itself, again for each
        file and with a function for every layer: three times the work for the same file.
        """
        name, output = self.model.input_names[0], self.model.output_names[0]
        frozen = self._frozen

        def answers(**images: Any) -> dict[str, Any]:
            return {output: frozen(images[name])[0]}

        module = tf.Module()
        module.serve = tf.function(answers, autograph=False)
        with stderr_to_log():
            signature = module.serve.get_concrete_function(**{name: self._input})
            # No gradients are needed, and functions with gradients of their own, as swish, fail.
            options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
            tf.saved_model.save(module, str(self.folder), signature, options)
        return self.folder

    @property
    def loops(self) -> bool:
        """Tell whether the model computes in loops, as recurrent layers do."""
        return any(
            operation.type == "LoopCond" for operation in self._frozen.graph.get_operations()
        )

    @property
    def _input(self) -> tf.TensorSpec:
        shape = [self.batch, *self.model.inputs[0].shape[1:]]
        return tf.TensorSpec(shape, tf.float32, self.model.input_names[0])

    @functools.cached_property
    def _frozen(self) -> Any:
        """Trace the model as one function with the weights as constants."""
        traced = tf.function(lambda images: self.model(images, training=False), autograph=False)
        return convert_variables_to_constants_v2(traced.get_concrete_function(self._input))


@dataclass(frozen=True)
class Exportables:
    """Hold a model and, after quantization-aware training, the model that was trained so.

    Attributes:
        plain: the model without wrappers.
        aware: the quantization-aware model; None without such training.
    """

    plain: Exportable
    aware: Exportable | None

    def of(self, target: Target) -> Exportable:
        """Choose the model that the target's file is made of."""
        if self.aware and target.conversion and target.conversion.aware:
            return self.aware
        return self.plain


@contextmanager
def exportables(
    model: keras.Model, aware: keras.Model | None = None, batch: int | None = 1
) -> Iterator[Exportables]:
    """Prepare models for any number of exports; their SavedModels are deleted after the block.

    Args:
        aware: the model after quantization-aware training, where there was any.
        batch: how many images a TFLite file takes at a time; None for any number.
    """
    with tempfile.TemporaryDirectory() as folder:
        exportable_aware = aware and Exportable(aware, Path(folder, "aware"), True, batch)
        yield Exportables(Exportable(model, Path(folder, "plain"), False, batch), exportable_aware)
