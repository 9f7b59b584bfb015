"""A Keras model goes in; what every converter reads, traced and frozen only once, comes out."""

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
    """A model and, once a converter has asked for it, the same model as a frozen SavedModel."""

    model: keras.Model
    folder: Path
    # Whether it was trained as if quantized.
    aware: bool = False

    @functools.cached_property
    def saved_model(self) -> Path:
        """Write a SavedModel that holds one function with its weights as constants.

        A converter that is given a Keras model writes and reads such a folder itself, for each
        file anew, with a function for every layer in it: three times the work for the same file.
        """
        name, answer = self.model.input_names[0], self.model.output_names[0]
        shape = tf.TensorSpec([None, *self.model.inputs[0].shape[1:]], tf.float32, name)
        traced = tf.function(lambda images: self.model(images, training=False), autograph=False)
        frozen = convert_variables_to_constants_v2(traced.get_concrete_function(shape))

        def answers(**images: Any) -> dict[str, Any]:
            return {answer: frozen(images[name])[0]}

        module = tf.Module()
        module.serve = tf.function(answers, autograph=False)
        with stderr_to_log():
            signature = module.serve.get_concrete_function(**{name: shape})
            # Nothing is trained any more; functions with gradients of their own, as swish, fail.
            options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
            tf.saved_model.save(module, str(self.folder), signature, options)
        return self.folder


@dataclass(frozen=True)
class Exportables:
    """A model and, after quantization-aware training, what it is when it is quantized."""

    plain: Exportable
    aware: Exportable | None

    def of(self, target: Target) -> Exportable:
        """Choose what the target's file is made of."""
        if self.aware and target.conversion and target.conversion.aware:
            return self.aware
        return self.plain


@contextmanager
def exportables(model: keras.Model, aware: keras.Model | None = None) -> Iterator[Exportables]:
    """Prepare for any number of exports; what converters read is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        learnt = aware and Exportable(aware, Path(folder, "aware"), aware=True)
        yield Exportables(Exportable(model, Path(folder, "plain")), learnt)
