"""Turn a model that was trained into the one that is written into files."""

from typing import Any

from runner.backend import keras
from runner.data.scale import RAW, Scale
from runner.models.flatten import FlatCopy
from runner.models.preprocessing import is_augmentation


def deployable(model: keras.Model, scale: Scale | None = None) -> keras.Model:
    """Leave out layers that only vary training images, and scale pixels in front of the model.

    Names of layers and of the model stay as they are.

    Args:
        model: without models inside it, and without TFMOT's wrappers.
        scale: how pixels from 0 to 255 come to what the model takes; None leaves that to others.

    Returns:
        The model itself where nothing is to be done.
    """
    scales = scale is not None and (scale.mean, scale.std, scale.bgr) != (RAW.mean, RAW.std, False)
    if not scales and not any(map(is_augmentation, model.layers)):
        return model
    copy = FlatCopy(is_augmentation)
    image = keras.layers.Input(model.input_shape[1:], name=copy.name(model.input_names[0]))
    value = _scale(image, scale) if scales and scale else image
    deployed = keras.Model(image, copy.follow(model, [value])[0], name=model.name)
    copy.copy_weights()
    return deployed


def _scale(image: Any, scale: Scale) -> Any:
    shape = tuple(image.shape[1:])
    if scale.channels in (None, shape[-1]):
        return _scale_channels(image, scale)
    # The model takes all values of an image in one row, or in another order of sides.
    by_channel = keras.layers.Reshape((-1, scale.channels), name="pixels")(image)
    scaled = _scale_channels(by_channel, scale)
    return keras.layers.Reshape(shape, name="scaled_pixels")(scaled)


def _scale_channels(image: Any, scale: Scale) -> Any:
    value = image[..., ::-1] if scale.bgr else image
    factors = [1 / std for std in scale.std]
    offsets = [-mean / std for mean, std in zip(scale.mean, scale.std, strict=True)]
    single = len(factors) == 1
    layer = keras.layers.Rescaling(
        factors[0] if single else factors, offsets[0] if single else offsets, name="scale_pixels"
    )
    return layer(value)
