"""Networks of tf_keras.applications and of MLPerf Tiny: through all targets, or refused by name."""

from pathlib import Path

import numpy as np
import pytest

from runner.settings.targets import Target
from tests.helpers.project import Command
from tests.helpers.stores import runs_in

# ResNet-8 is that of Banbury et al. 2021, MLPerf Tiny Benchmark: three stacks of two convolutions
# with 16, 32 and 64 filters, each with a shortcut, for 32x32 pixels.
_NETWORKS = """
import tf_keras
from tf_keras import applications, layers

def network(name, **more):
    return lambda shape, classes: getattr(applications, name)(
        input_shape=shape, weights=None, classes=classes, **more
    )

mobilenet_v1 = network("MobileNet", alpha=0.25)
mobilenet_v2 = network("MobileNetV2", alpha=0.35)
mobilenet_v3 = network("MobileNetV3Small", alpha=0.75)
efficientnet_b0 = network("EfficientNetB0")
convnext_tiny = network("ConvNeXtTiny")

# The layers of DenseNet121, NASNetMobile and ConvNeXtTiny, but fewer and with fewer filters.

def densenet_small(shape, classes):
    from tf_keras.src.applications.densenet import DenseNet
    return DenseNet([2, 2, 2, 2], weights=None, input_shape=shape, classes=classes)

def nasnet_small(shape, classes):
    from tf_keras.src.applications.nasnet import NASNet
    return NASNet(
        shape, penultimate_filters=96, num_blocks=1, stem_block_filters=8, skip_reduction=False,
        weights=None, classes=classes, default_size=32,
    )

def convnext_small(shape, classes):
    from tf_keras.src.applications.convnext import ConvNeXt
    return ConvNeXt(
        [1, 1, 2, 1], [16, 24, 32, 48], weights=None, input_shape=shape, classes=classes
    )

def resnet_8(shape, classes):
    def normed(value, filters, size=3, stride=1):
        conv = layers.Conv2D(
            filters, size, stride, padding="same", kernel_initializer="he_normal",
            kernel_regularizer=tf_keras.regularizers.l2(1e-4),
        )
        return layers.BatchNormalization()(conv(value))
    image = layers.Input(shape)
    value = layers.ReLU()(normed(image, 16))
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        main = normed(layers.ReLU()(normed(value, filters, stride=stride)), filters)
        shortcut = value if stride == 1 else layers.Conv2D(filters, 1, stride, "same")(value)
        value = layers.ReLU()(layers.Add()([main, shortcut]))
    value = layers.Flatten()(layers.AveragePooling2D(8)(value))
    return tf_keras.Model(image, layers.Dense(classes, activation="softmax")(value))
"""


@pytest.fixture
def point(command: Command, tmp_path: Path) -> Command:
    """Run a point of one of the networks, on a few images, with as little training as there is."""
    (tmp_path / "networks.py").write_text(_NETWORKS)
    labels = np.arange(60, dtype=np.uint8) % 10
    pixels = np.random.default_rng(0).integers(0, 56, (60, 32, 32, 3), dtype=np.uint8)
    pixels += 20 * labels[:, None, None, None]
    train, test = slice(40), slice(40, None)
    np.savez(
        tmp_path / "colours.npz",
        x_train=pixels[train],
        y_train=labels[train],
        x_test=pixels[test],
        y_test=labels[test],
    )
    quick = [
        *("architecture=callable", "dataset=npz", "dataset.path=colours.npz", "export=all"),
        *("baseline.epochs=1", "schedule.epochs=1", "export.representative_images=4"),
        *("baseline.batch_size=8", "schedule.batch_size=8"),
    ]
    return lambda name, *more: command(*quick, f"architecture.target=networks:{name}", *more)


# Of the deep ones, each of which takes minutes for all targets: one target of each kind.
_FEW = [Target.H5, Target.TFLITE_FLOAT32, Target.TFLITE_DYNAMIC, Target.TFLITE_INT8]
_OF_FEW = f"export.targets=[{','.join(_FEW)}]"


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "targets", "settings"),
    [
        ("mobilenet_v1", list(Target), []),
        ("mobilenet_v2", list(Target), []),
        ("mobilenet_v3", _FEW, [_OF_FEW]),
        ("efficientnet_b0", _FEW, [_OF_FEW]),
        ("densenet_small", list(Target), []),
        ("nasnet_small", _FEW, [_OF_FEW]),
        ("convnext_small", _FEW, ["schedule.dense_layers=['*layer_scale']", _OF_FEW]),
        ("resnet_8", list(Target), []),
    ],
)
def test_a_network_goes_through_all_targets(
    point: Command, name: str, targets: list[Target], settings: list[str]
) -> None:
    done = point(name, *settings)
    assert done.returncode == 0, done.stderr
    (run,) = runs_in(Path.cwd(), "point")
    for target in targets:
        assert run.has_file(target) or not target.goes_with("none")
        # A file that takes one image at a time has no shapes to compute, and so a figure.
        if target.conversion and name in ("mobilenet_v1", "mobilenet_v2", "resnet_8"):
            assert run.metrics[f"litert_arena_bytes/{target}"] > 32 * 32 * 3


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("convnext_tiny", r"TFMOT cannot prune layer convnext_tiny_stage_0_block_0_layer_scale"),
        ("mobilenet_v3", "computes hard swish, which LiteRT cannot convert to tflite_int16x8"),
    ],
)
def test_a_network_is_refused_by_layer_before_training(
    point: Command, tmp_path: Path, name: str, line: str
) -> None:
    done = point(name)
    assert done.returncode == 2, done.stderr
    assert line in done.stderr
    assert not (tmp_path / "mlflow.db").exists() or not runs_in(tmp_path, "point")
