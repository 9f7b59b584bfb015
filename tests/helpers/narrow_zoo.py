"""Build small networks, one for each kind of layer and junction that channels go through."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from runner.backend import keras, tf

L = keras.layers
# Takes an image; returns what the last layer takes, or scores.
Body = Callable[[Any], Any]


def _conv(value: Any, filters: int = 8, name: str | None = None, **settings: Any) -> Any:
    return L.Conv2D(filters, 3, padding="same", name=name, **settings)(value)


def _norm(value: Any) -> Any:
    return L.BatchNormalization()(value)


def _head(value: Any) -> Any:
    return L.Dense(3, activation="softmax", name="output")(L.GlobalAveragePooling2D()(value))


def _flat_head(value: Any) -> Any:
    return L.Dense(3, name="output")(L.Flatten()(value))


def _residual(image: Any) -> Any:
    first = L.ReLU()(_norm(_conv(image, use_bias=False)))
    main = _norm(_conv(L.ReLU()(_norm(_conv(first, 12))), 8))
    second = L.ReLU()(L.Add()([main, first]))
    shortcut = _norm(L.Conv2D(16, 1, 2)(second))
    return _head(L.Add()([L.Conv2D(16, 3, 2, padding="same")(second), shortcut]))


def _dense_block(image: Any) -> Any:
    value = _conv(image, 4)
    for _ in range(3):
        value = L.Concatenate()([value, _conv(L.ReLU()(_norm(value)), 4)])
    return _head(_conv(value, 6, activation="relu"))


def _concatenated_and_added(image: Any) -> Any:
    parts = [_conv(image, 4), _conv(image, 8)]
    return _head(L.Add()([L.Concatenate()(parts), _conv(image, 12)]))


def _depthwise(image: Any) -> Any:
    value = L.ReLU(6.0)(_norm(L.DepthwiseConv2D(3)(_conv(image))))
    value = L.DepthwiseConv2D(3, depth_multiplier=2, activation="relu")(_conv(value, 6))
    return _head(_conv(value, 4))


def _separable(image: Any) -> Any:
    value = L.SeparableConv2D(8, 3, depth_multiplier=2, activation="relu")(_conv(image, 6))
    return _head(L.SeparableConv2D(10, 3)(value))


def _shared_layer(image: Any) -> Any:
    shared = L.Conv2D(8, 3, activation="relu", name="shared")
    one, other = shared(_conv(image, 6)), shared(_conv(image, 6))
    return _flat_head(L.Concatenate()([one, other]))


def _shared_norm(image: Any) -> Any:
    shared = L.BatchNormalization()
    return _head(_conv(L.Concatenate()([shared(_conv(image)), shared(_conv(image))]), 4))


def _flatten_after_pooling(image: Any) -> Any:
    value = L.Flatten()(L.MaxPooling2D()(_conv(image, activation="tanh")))
    return L.Dense(3, name="output")(L.Dense(12, activation="sigmoid")(value))


def _folded_into_an_image(image: Any) -> Any:
    value = L.Dense(2 * 2 * 8, activation="relu")(L.Flatten()(image))
    return _head(_conv(L.UpSampling2D()(L.Reshape((2, 2, 8))(value)), 6))


def _reshaped_within(image: Any) -> Any:
    value = L.Reshape((-1, 8))(_conv(image))
    value = L.Conv1D(6, 3, activation="relu")(value)
    return L.Dense(3, name="output")(L.GlobalMaxPooling1D()(value))


def _squeeze_and_excitation(image: Any) -> Any:
    value = _conv(image, activation="swish")
    weights = L.Reshape((1, 1, 8))(L.GlobalAveragePooling2D()(value))
    weights = L.Conv2D(8, 1, activation="sigmoid")(L.Conv2D(4, 1, activation="relu")(weights))
    return _head(_conv(L.Multiply()([value, weights]), 4))


def _spatial_attention(image: Any) -> Any:
    value = _conv(image)
    return _head(_conv(L.Multiply()([value, _conv(value, 1, activation="sigmoid")]), 4))


def _transposed(image: Any) -> Any:
    return _head(L.Conv2DTranspose(8, 3, strides=2)(_conv(image, 6, activation="elu")))


def _slopes(image: Any) -> Any:
    value = L.PReLU(alpha_initializer="uniform")(_conv(image))
    return _head(_conv(L.PReLU("uniform", shared_axes=[1, 2])(_conv(value, 6)), 4))


def _operators(image: Any) -> Any:
    value = _conv(image)
    value = tf.nn.relu6(value + 3.0) * (1.0 / 6.0)
    value = value * (1.0 - tf.clip_by_value(_conv(image), 0.0, 1.0))
    return _head(_conv(-value + tf.square(_conv(image)) * np.float32(2), 4))


def _two_sizes_reshaped(image: Any) -> Any:
    fold = L.Reshape((-1, 8))
    parts = [fold(_conv(image)), fold(L.MaxPooling2D()(_conv(image)))]
    return L.Dense(3, name="output")(
        L.Concatenate()([L.GlobalAveragePooling1D()(part) for part in parts])
    )


def _extremes(image: Any) -> Any:
    parts = [_conv(image), _conv(image), _conv(image)]
    value = L.Maximum()([L.Average()(parts[:2]), parts[2]])
    return _head(L.Subtract()([value, L.Minimum()(parts[1:])]))


def _borders(image: Any) -> Any:
    value = L.Cropping2D(1)(L.ZeroPadding2D(2)(_conv(image, activation="softplus")))
    return _head(L.Dropout(0.5)(L.SpatialDropout2D(0.5)(L.AveragePooling2D()(value))))


def _one_dimension(image: Any) -> Any:
    value = L.Conv1D(8, 3, padding="same")(L.Reshape((-1, 2))(image))
    for layer in (
        *(L.ZeroPadding1D(), L.Cropping1D(), L.UpSampling1D(), L.SpatialDropout1D(0.5)),
        *(L.MaxPooling1D(), L.AveragePooling1D(), L.LeakyReLU(), L.GaussianNoise(0.5)),
    ):
        value = layer(value)
    value = L.DepthwiseConv1D(3, depth_multiplier=2)(L.SeparableConv1D(6, 3)(value))
    value = L.Conv1DTranspose(6, 3, activation=L.ReLU())(value)
    parts = [L.GlobalMaxPooling1D()(value), L.GlobalAveragePooling1D()(value)]
    return L.Dense(3, name="output")(L.Concatenate()(parts))


def _two_dimensions(image: Any) -> Any:
    value = _conv(L.Resizing(10, 10)(image), activation=L.LeakyReLU())
    for layer in (
        *(L.UpSampling2D(interpolation="bilinear"), L.CenterCrop(12, 12), L.Identity()),
        *(L.Resizing(8, 8), L.ELU(), L.Permute((2, 1, 3)), L.Rescaling(0.5, 0.1)),
        *(L.ThresholdedReLU(0.1), L.AlphaDropout(0.5), L.GaussianDropout(0.5)),
        L.ActivityRegularization(0.1),
    ):
        value = layer(value)
    value = L.Activation(L.ReLU(6.0))(_conv(value, 6))
    return L.Dense(3, name="output")(L.GlobalMaxPooling2D()(value))


def _three_dimensions(image: Any) -> Any:
    value = L.Reshape((6, 6, 3, 2))(L.Dense(216)(L.Flatten()(image)))
    value = L.Conv3DTranspose(6, 2)(L.Conv3D(6, 3, activation="relu")(value))
    for layer in (
        *(L.ZeroPadding3D(), L.Cropping3D(), L.UpSampling3D(), L.SpatialDropout3D(0.5)),
        *(L.MaxPooling3D(), L.AveragePooling3D()),
    ):
        value = layer(value)
    parts = [L.GlobalMaxPooling3D()(value), L.GlobalAveragePooling3D()(value)]
    return L.Dense(3, name="output")(L.Dense(6, activation="relu")(L.Concatenate()(parts)))


def _repeated(image: Any) -> Any:
    value = L.RepeatVector(4)(L.Dense(8, activation="relu")(L.Flatten()(image)))
    return _flat_head(L.Conv1D(6, 2, activation="relu")(value))


def _scores_of_a_convolution(image: Any) -> Any:
    value = L.GlobalAveragePooling2D()(_conv(_conv(image), 3, name="output"))
    return L.Activation("softmax", name="mixing_last")(value)


def _joined_along_rows(image: Any) -> Any:
    return _flat_head(L.Concatenate(axis=1)([_conv(image), _conv(image)]))


def _mixed_by_a_norm(image: Any) -> Any:
    value = L.LayerNormalization()(_conv(image, name="before"))
    return _head(_conv(_conv(value, name="after"), 4))


def _dropped_by_number(image: Any) -> Any:
    value = L.Dropout(0.5, noise_shape=(None, 1, 1, 8), name="mixing")(_conv(image, name="before"))
    return _head(_conv(value, name="after"))


def _mixed_by_softmax(image: Any) -> Any:
    value = L.Activation("softmax", name="mixing")(_conv(image, name="before"))
    return _head(_conv(_conv(value, 6, activation="softmax", name="scores"), name="after"))


def _mixed_by_numbers(image: Any) -> Any:
    scaled = _conv(image, name="before") * [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0]
    return _head(_conv(scaled, name="after"))


def _mixed_by_renorm(image: Any) -> Any:
    value = L.BatchNormalization(renorm=True, name="mixing")(_conv(image, name="before"))
    return _head(_conv(value, name="after"))


def _mixed_by_groups(image: Any) -> Any:
    return _head(_conv(_conv(_conv(image, name="before"), groups=2), name="after"))


@keras.utils.register_keras_serializable()
def gelu(value: Any) -> Any:
    """Mix channels, under the name of a function that does not."""
    return value - tf.reduce_max(value, axis=-1, keepdims=True)


def _mixed_by_own_function(image: Any) -> Any:
    return _head(_conv(_conv(image, activation=gelu, name="before"), name="after"))


ZOO: Mapping[str, Body] = {
    body.__name__.strip("_"): body
    for body in (
        _residual, _dense_block, _concatenated_and_added, _depthwise, _separable, _shared_layer,
        _shared_norm, _flatten_after_pooling, _folded_into_an_image, _reshaped_within,
        _two_sizes_reshaped, _squeeze_and_excitation, _spatial_attention, _transposed, _slopes,
        _operators, _extremes, _borders, _one_dimension, _two_dimensions, _three_dimensions,
        _repeated, _scores_of_a_convolution, _joined_along_rows, _mixed_by_a_norm,
        _dropped_by_number, _mixed_by_numbers, _mixed_by_renorm, _mixed_by_softmax,
        _mixed_by_groups, _mixed_by_own_function,
    )
}  # fmt: skip


def build(name: str, seed: int = 0) -> keras.Model:
    """Build a network of the zoo for images of 8 x 8 x 2; all its weights are random."""
    image = L.Input((8, 8, 2), name="image")
    model = keras.Model(image, ZOO[name](image), name=name)
    randomize(model, seed)
    return model


def randomize(model: keras.Model, seed: int = 0) -> None:
    """Give all weights random numbers: biases and averages that are zero would hide faults."""
    draw = np.random.default_rng(seed)
    for weight in model.weights:
        spread = draw.normal(0, 0.3, weight.shape)
        weight.assign(np.abs(spread) + 0.5 if "variance" in weight.name else spread)
