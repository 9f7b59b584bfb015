"""The lists of what a model file may hold: complete, and without anything that does more."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tensorflow.python.util import tf_export
from tf_keras.src.layers import serialization
from tf_keras.src.saving.serialization_lib import serialize_keras_object

from runner.backend import LayerScale, keras, keras_3, make_repeatable, tf
from runner.models import file_check
from runner.models.keras2 import allowed, description, training
from runner.models.keras2.operations import OPERATIONS
from runner.models.keras3 import twins
from tests.helpers.hostile.model_files import sequential, write
from tests.helpers.own_models import residual

# Arguments by which a function or a layer would take code or the name of a file.
_CODE_OR_FILE = {
    *("call_fn", "callable", "contents", "f", "file", "filename", "filepath", "fn", "func"),
    *("function", "layer_fn", "module", "op", "path", "vocab_file", "vocabulary"),
}
# Layers of Keras 3 that Keras 2 lacks, or has with another meaning.
_WITHOUT_TWIN = """
    AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
    AdaptiveMaxPooling2D AdaptiveMaxPooling3D AugMix AutoContrast CategoryEncoding
    ContrastLimitedAdaptiveHistogramEqualization ConvLSTM1D ConvLSTM2D ConvLSTM3D CutMix
    Discretization Equalization GRUCell GroupedQueryAttention HashedCrossing LSTMCell
    MaxNumBoundingBoxes MelSpectrogram MixUp RMSNormalization RNN RandAugment
    RandomColorDegeneration RandomColorJitter RandomCrop RandomElasticTransform RandomErasing
    RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization
    RandomSaturation RandomSharpness RandomShear ReversibleEmbedding STFTSpectrogram SimpleRNNCell
    Solarization SpectralNormalization StackedRNNCells
"""
# Layers of Keras 3 that hold code or other programs, read files, or compute nothing.
_UNSAFE_IN_KERAS_3 = """
    FlaxLayer Hashing InputSpec IntegerLookup JaxLayer Layer Pipeline StringLookup TFSMLayer
    TextVectorization TorchModuleWrapper Wrapper
"""


@pytest.fixture(autouse=True, scope="module")
def _repeatable() -> None:
    make_repeatable(0, 1)


def _classes(module: Any) -> set[str]:
    """The names of the classes of a module, without those that are bases of others."""
    found = (getattr(module, name) for name in dir(module))
    return {each.__name__ for each in found if inspect.isclass(each)}


def _layers() -> Iterator[type]:
    """Every class that Keras 2 finds by its name when it reads a layer."""
    serialization.populate_deserializable_objects()
    own = keras.layers
    modules = (own, own.experimental, own.experimental.preprocessing)
    exported = [getattr(module, name) for module in modules for name in dir(module)]
    for each in {*serialization.LOCAL.ALL_OBJECTS.values(), *filter(inspect.isclass, exported)}:
        if inspect.isclass(each) and each.__name__[0] != "_":
            yield each


def test_every_layer_of_keras_2_is_in_a_list() -> None:
    # Bases, which are not exported.
    bases = {"BaseRandomLayer", "BatchNormalizationBase"}
    known = allowed.LAYERS | allowed.CALLS | allowed.MODELS | set(allowed.UNSAFE) | bases
    assert {each.__name__ for each in _layers()} - known == set()
    assert allowed.LAYERS & set(allowed.UNSAFE) == set()


def test_no_layer_in_the_list_takes_code_or_a_file() -> None:
    checked = 0
    for each in _layers():
        if each.__name__ in allowed.LAYERS:
            checked += 1
            taken = set(inspect.signature(each.__init__).parameters)  # type: ignore[misc]
            assert taken & _CODE_OR_FILE == set(), each.__name__
            own = {"class_name": each.__name__, "config": {}}
            description.check(own, "foreign", trust=False)
    assert checked > 100


def test_a_file_may_name_each_class_as_keras_writes_it() -> None:
    made = [
        *(getattr(keras.initializers, name)() for name in _PLAIN_INITIALIZERS),
        *(keras.regularizers.L1(), keras.regularizers.L1L2(), keras.regularizers.L2()),
        *(keras.constraints.NonNeg(), keras.constraints.MaxNorm(), keras.constraints.UnitNorm()),
        *(keras.mixed_precision.Policy("mixed_float16"), keras.optimizers.Adam()),
        *(keras.optimizers.legacy.SGD(), keras.losses.BinaryCrossentropy(), keras.metrics.AUC()),
        *(keras.optimizers.schedules.CosineDecay(0.1, 9), keras.losses.categorical_crossentropy),
        *(keras.layers.TimeDistributed(keras.layers.Dense(2)), LayerScale(0.1, 2)),
    ]
    for each in made:
        written = serialize_keras_object(each)
        description.check(written, f"{written} is refused", trust=False)


_PLAIN_INITIALIZERS = sorted(
    name
    for name in allowed.INITIALIZERS
    if name[0].isupper() and name not in ("Identity", "Orthogonal")
)


@pytest.mark.long
def test_what_a_model_is_compiled_with_is_complete() -> None:
    modern = keras_3()
    bases = {"Loss", "Metric", "MeanMetricWrapper", "Optimizer", "ReductionV2"}
    # They hold other optimizers.
    bases |= {"LossScaleOptimizer", "LossScaleOptimizerV3", "MultiOptimizer", "OptimizerMap"}
    for version in (keras, modern):
        assert _classes(version.losses) - bases <= training.LOSSES
        assert _classes(version.metrics) - bases <= training.METRICS
        assert _classes(version.optimizers) - bases <= training.OPTIMIZERS
    for name in training.FUNCTIONS:
        assert any(
            hasattr(module, name)
            for version in (keras, modern)
            for module in (version.losses, version.metrics)
        )


def test_every_function_in_the_list_computes_and_does_nothing_else() -> None:
    for name in OPERATIONS:
        function = tf_export.get_symbol_from_name(name)
        if function is None:
            # Neither the first TensorFlow nor Keras has all of them by these names.
            assert name.startswith(("compat.v1.", "keras.activations.")), name
            continue
        assert inspect.isfunction(inspect.unwrap(function)), name
        taken = set(inspect.signature(function).parameters)
        assert taken & _CODE_OR_FILE == set(), name


def test_a_name_is_accepted_only_if_keras_knows_it() -> None:
    for name in allowed.ACTIVATIONS:
        assert callable(keras.activations.get(name))
    for name in allowed.INITIALIZERS - {"Identity", "identity"}:
        assert keras.initializers.get(name)
    for name in allowed.REGULARIZERS - {"OrthogonalRegularizer", "orthogonal_regularizer"}:
        assert keras.regularizers.get(name)
    for name in allowed.CONSTRAINTS:
        assert keras.constraints.get(name)


@pytest.mark.long
def test_every_layer_of_keras_3_is_in_a_list() -> None:
    modern = keras_3()
    known = twins.LAYERS | twins.CODE | set(_WITHOUT_TWIN.split())
    assert _classes(modern.layers) - known == set(_UNSAFE_IN_KERAS_3.split())


def test_what_layers_are_called_with_is_accepted(tmp_path: Path) -> None:
    image = keras.layers.Input((8, 8, 4))
    value = tf.image.resize(image[:, ::2, 1:], [4, 4], method="bilinear")
    value = tf.pad(tf.transpose(value, [0, 2, 1, 3]), [[0, 0], [1, 1], [0, 0], [0, 0]])
    value = tf.concat([value, tf.nn.relu(value) / 2.0], -1)
    mask = tf.cast(value > tf.constant([0.5]), "float32")
    value = tf.reduce_mean(tf.where(mask > 0, value, 1.0 - value), axis=[1, 2])
    for model in (keras.Model(image, value), residual()):
        for ending in ("h5", "keras"):
            path = tmp_path / f"model.{ending}"
            model.save(path)
            file_check.check(path, trust=False)


_NETWORKS = """
    ConvNeXtTiny DenseNet121 EfficientNetB0 EfficientNetV2B0 InceptionResNetV2 InceptionV3
    MobileNet MobileNetV2 MobileNetV3Large MobileNetV3Small NASNetMobile RegNetX002 RegNetY002
    ResNet50 ResNet50V2 ResNetRS50 VGG16 Xception
"""


@pytest.mark.long
@pytest.mark.parametrize("name", _NETWORKS.split())
def test_networks_of_keras_are_accepted(name: str, tmp_path: Path) -> None:
    model = getattr(keras.applications, name)(weights=None)
    whole = serialize_keras_object(model)
    inner = sequential(whole)
    for ending in ("h5", "keras"):
        file_check.check(write(whole, tmp_path / f"model.{ending}"), trust=False)
        file_check.check(write(inner, tmp_path / f"inner.{ending}"), trust=False)
