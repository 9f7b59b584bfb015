from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.backend import PruneLowMagnitude, keras, make_repeatable, tfmot
from runner.data import dataset
from runner.data.dataset import Dataset
from runner.errors import ImpossiblePoint
from runner.models import architectures
from runner.models.layer_plan import LayerPlan, plan
from runner.prune.dry_run import unsupported
from runner.prune.layer_rules import check_schedule, final_sparsities
from runner.prune.pattern import UNSTRUCTURED, Pattern
from runner.prune.pruning import PruningResult, SparsityMissed, prune, require_sparsity
from runner.prune.sparsity import measure_sparsity
from runner.prune.update_steps import PruningSteps
from runner.prune.wrappers import wrap
from runner.settings import DatasetSettings, ScheduleSettings
from tests.helpers.pruning_schedule import make_schedule
from tests.helpers.tiny import write_npz

BLOCKS = {"initial_sparsity": 0.5, "final_sparsity": 0.7, "epochs": 1}
TWO_OF_FOUR = {
    "name": "constant",
    "initial_sparsity": 0.5,
    "final_sparsity": 0.5,
    "m_by_n": (2, 4),
    "epochs": 1,
}
XNNPACK = {"policy": "xnnpack", "epochs": 1}
Conv2D, Dense = keras.layers.Conv2D, keras.layers.Dense


@pytest.fixture(autouse=True)
def _repeatable() -> None:
    make_repeatable(0, 1)


@pytest.fixture(scope="module")
def gray(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return _load(write_npz(tmp_path_factory.mktemp("gray") / "gray.npz"))


@pytest.fixture(scope="module")
def colour(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path = write_npz(tmp_path_factory.mktemp("colour") / "colour.npz", side=16)
    arrays = dict(np.load(path))
    for name in ("x_train", "x_test"):
        arrays[name] = np.repeat(arrays[name][..., None], 3, axis=-1)
    np.savez(path, **arrays)
    return _load(path)


def _load(path: Path) -> Dataset:
    settings = DatasetSettings(name="npz", path=path, validation_share=0.1)
    return dataset.load(settings, path.parent)


def _model(*layers: Any, shape: Sequence[int] = (8, 8, 1)) -> keras.Model:
    return keras.Sequential([keras.layers.Input(shape), *layers], name="own")


def _dense() -> keras.Model:
    layers = [Dense(30, name="dense"), Dense(10, name="dense_10"), Dense(3, name="output")]
    return _model(keras.layers.Flatten(), *layers, keras.layers.Softmax())


def _kernel(pruned: PruningResult, layer: str) -> np.ndarray:
    return np.asarray(pruned.model.get_layer(layer).get_weights()[0])


def _blocks(weights: np.ndarray, height: int, width: int) -> Iterator[np.ndarray]:
    for row in range(0, weights.shape[0], height):
        for column in range(0, weights.shape[1], width):
            yield weights[row : row + height, column : column + width]


def _groups(weights: np.ndarray, n: int) -> Iterator[np.ndarray]:
    # As TFLite has them: outputs first, input channels last.
    last = weights.T if weights.ndim == 2 else weights.transpose(3, 0, 1, 2)
    for line in last.reshape(-1, last.shape[-1]):
        for at in range(0, len(line), n):
            yield line[at : at + n]


@pytest.mark.parametrize(
    ("block", "pooling"),
    [
        ((1, 4), "avg"),  # wider than the output layer
        ((4, 1), "max"),
        ((8, 8), "max"),  # divides nothing but the first layer's rows
        ((3, 7), "avg"),
        ((64, 1), "avg"),  # as high as the first layer
    ],
)
def test_blocks_become_zero_together(gray: Dataset, block: tuple[int, int], pooling: str) -> None:
    model = _dense()
    schedule = make_schedule(block_size=block, block_pooling=pooling, **BLOCKS)
    assert unsupported(model, schedule) is None
    pruned = prune(model, gray, schedule)
    for layer in pruned.layers:
        blocks = list(_blocks(_kernel(pruned, layer.layer), *block))
        zero = [each for each in blocks if not each.any()]
        assert len(zero) == len(blocks) - max(1, round(0.3 * len(blocks)))
        assert layer.zeros == sum(each.size for each in zero)
    require_sparsity(pruned.layers)


def test_a_broken_block_is_a_missed_sparsity(gray: Dataset) -> None:
    pruned = prune(_dense(), gray, make_schedule(block_size=(4, 4), **BLOCKS))
    layer = pruned.model.get_layer("dense")
    kernel, bias = layer.get_weights()
    zero = [block for block in _blocks(kernel, 4, 4) if not block.any()]
    zero[0][0, 0] = 1
    layer.set_weights([kernel, bias])
    require_sparsity(measure_sparsity(pruned.model, pruned.requested_sparsities, pruned.pattern))
    for block in zero:
        block[0, 0] = 1
    layer.set_weights([kernel, bias])
    layers = measure_sparsity(pruned.model, pruned.requested_sparsities, pruned.pattern)
    with pytest.raises(SparsityMissed, match="layer dense: 0 of 128 blocks are zero, asked"):
        require_sparsity(layers)


def _mask(weights: np.ndarray, block: tuple[int, int], pooling: str, final: float) -> np.ndarray:
    """Prune given weights once, in a wrapped layer."""
    model = _model(Dense(weights.shape[1], name="dense"), shape=weights.shape[:1])
    model.layers[0].set_weights([weights, np.zeros(weights.shape[1])])
    changes = {"block_size": block, "block_pooling": pooling, "final_sparsity": final}
    schedule = make_schedule(name="constant", initial_sparsity=final, **changes)
    layer = wrap(model, schedule, PruningSteps(1, 1, 1), {"dense": final}).layers[0]
    layer.pruning_step.assign(1)
    layer.pruning_obj.conditional_mask_update()
    return np.asarray(layer.pruning_vars[0][1])


@pytest.mark.parametrize("pooling", ["avg", "max"])
def test_blocks_that_divide_are_masked_as_by_tfmot(pooling: str) -> None:
    weights = np.random.default_rng(1).normal(size=(24, 20)).astype(np.float32)
    theirs = PruneLowMagnitude(
        Dense(20),
        tfmot.sparsity.keras.ConstantSparsity(0.6, 1, 1, 1),
        block_size=(2, 4),
        block_pooling_type=pooling.upper(),
    )
    theirs.build((None, 24))
    theirs.set_weights([weights, np.zeros(20)])
    theirs.pruning_step.assign(1)
    theirs.pruning_obj.conditional_mask_update()
    ours = _mask(weights, (2, 4), pooling, 0.6)
    np.testing.assert_array_equal(ours, theirs.pruning_vars[0][1].numpy())


@pytest.mark.parametrize("pooling", ["avg", "max"])
def test_a_ragged_block_is_judged_by_its_own_weights(pooling: str) -> None:
    weights = np.full((2, 10), 0.01, np.float32)
    # TFMOT itself would look for the first block's last column in the second block.
    weights[0, 3] = 1
    kept = np.zeros((2, 10))
    kept[0, :4] = 1
    np.testing.assert_array_equal(_mask(weights, (1, 4), pooling, 0.8), kept)
    # Less than a whole block, and still the largest on average.
    weights[1, 8:] = 2
    kept = np.zeros((2, 10))
    kept[1, 8:] = 1
    np.testing.assert_array_equal(_mask(weights, (1, 4), pooling, 0.8), kept)


@pytest.mark.parametrize(("m", "n"), [(2, 4), (1, 4), (3, 4)])
def test_m_of_every_n_weights_are_zero(gray: Dataset, m: int, n: int) -> None:
    model = _model(
        Conv2D(6, 3, name="first"),
        Conv2D(7, 3, name="six"),  # a tail of 2
        Conv2D(4, 1, name="seven"),  # a tail of 3
        keras.layers.Flatten(),
        Dense(3, name="output"),
    )
    share = {"initial_sparsity": m / n, "final_sparsity": m / n}
    schedule = make_schedule(**TWO_OF_FOUR | share | {"m_by_n": (m, n), "dense_layers": ["first"]})
    assert unsupported(model, schedule) is None
    pruned = prune(model, gray, schedule)
    assert pruned.requested_sparsities == {"six": m / n, "seven": m / n, "output": m / n}
    require_sparsity(pruned.layers)
    for name in pruned.requested_sparsities:
        for group in _groups(_kernel(pruned, name), n):
            # The toolkit keeps n - m weights, in a tail as well.
            assert np.count_nonzero(group) == min(len(group), n - m)


def test_a_group_with_too_few_zeros_is_a_missed_sparsity(gray: Dataset) -> None:
    pruned = prune(_dense(), gray, make_schedule(**TWO_OF_FOUR))
    layer = pruned.model.get_layer("dense")
    kernel, bias = layer.get_weights()
    first, second = kernel[:4, 0].copy(), kernel[4:8, 0].copy()
    # As many zeros as before, one group with three and one with one.
    kernel[:4, 0][np.flatnonzero(first == 0)[0]] = 1
    kernel[4:8, 0][np.flatnonzero(second)[0]] = 0
    layer.set_weights([kernel, bias])
    assert UNSTRUCTURED.mismatch(kernel, 0.5) is None
    layers = measure_sparsity(pruned.model, pruned.requested_sparsities, pruned.pattern)
    with pytest.raises(SparsityMissed, match="dense: 1 of 480 groups of 4 weights have fewer than"):
        require_sparsity(layers)
    layer.set_weights([np.zeros_like(kernel), bias])
    layers = measure_sparsity(pruned.model, pruned.requested_sparsities, pruned.pattern)
    with pytest.raises(SparsityMissed, match="dense: 1920 of 1920 weights are zero, asked for 960"):
        require_sparsity(layers)


def test_the_policy_prunes_only_what_xnnpack_runs_sparse(colour: Dataset) -> None:
    model = architectures.build("depthwise_cnn", colour.shape, colour.classes)
    before = model.get_layer("conv_norm").moving_mean.numpy()
    schedule = make_schedule(**XNNPACK, layer_sparsity={"block_1*": 0.25})
    assert unsupported(model, schedule) is None
    pruned = prune(model, colour, schedule)
    mixes = {f"block_{number}_mix": 0.8 for number in (2, 3, 4)}
    assert pruned.requested_sparsities == {"block_1_mix": 0.25, **mixes}
    for layer in pruned.layers:
        assert (
            abs(layer.zeros - pruned.requested_sparsities.get(layer.layer, 0) * layer.parameters)
            <= 1
        )
    assert (pruned.model.get_layer("conv_norm").moving_mean.numpy() != before).all()


def _averaging_fast(layer: keras.layers.Layer) -> keras.layers.Layer:
    config = layer.get_config()
    if isinstance(layer, keras.layers.BatchNormalization):
        # The default, 0.99, follows the weights over hundreds of steps.
        config["momentum"] = 0.9
    return type(layer).from_config(config)


def test_moving_averages_are_those_of_the_pruned_weights(gray: Dataset) -> None:
    norm, pool = keras.layers.BatchNormalization(name="norm"), keras.layers.GlobalMaxPooling2D()
    model = _model(Conv2D(4, 3, name="conv"), norm, pool, Dense(3), keras.layers.Softmax())
    still = {"epochs": 1, "batch_size": 1000, "learning_rate": 1e-12}
    pruned = prune(model, gray, make_schedule(initial_sparsity=0.5, final_sparsity=0.5, **still))
    assert np.count_nonzero(_kernel(pruned, "conv")) == 18
    batch = pruned.model.get_layer("conv")(gray.train.images[:]).numpy()
    mean, moving = batch.mean(axis=(0, 1, 2)), pruned.model.get_layer("norm").moving_mean.numpy()
    np.testing.assert_allclose(moving, 0.01 * mean, rtol=1e-4)


@pytest.mark.long
def test_a_residual_network_keeps_its_shortcuts_and_learns(colour: Dataset) -> None:
    network = architectures.build("resnet_small", colour.shape, colour.classes)
    baseline = keras.models.clone_model(network, clone_function=_averaging_fast)
    schedule = make_schedule(layer_sparsity={"*_beside": 0.5, "conv": 0.0}, epochs=4)
    pruned = prune(baseline, colour, schedule)
    require_sparsity(pruned.layers)
    assert pruned.requested_sparsities["stage_2_1_beside"] == 0.5
    images, labels = colour.test.images[:], colour.test.labels
    assert (np.argmax(pruned.model(images, training=False), axis=-1) == labels).mean() > 0.9
    pruned.model.set_weights(baseline.get_weights())
    np.testing.assert_allclose(pruned.model(images), baseline(images), atol=1e-6)


def test_the_first_pattern_decides() -> None:
    schedule = make_schedule(dense_layers=["out*"], layer_sparsity={"*_1": 0.5, "conv_*": 0.6})
    names = ["conv_1", "conv_2", "dense", "output"]
    decided = {"conv_1": 0.5, "conv_2": 0.6, "dense": 0.8}
    assert final_sparsities(names, schedule) == decided
    written = ScheduleSettings.model_validate_json(schedule.model_dump_json())
    assert final_sparsities(names, written) == decided


@pytest.mark.parametrize(
    ("architecture", "changes", "line"),
    [
        (
            "lenet5",
            {"dense_layers": ["con_*"]},
            "schedule.dense_layers: con_* is no layer that lenet5 prunes; it prunes conv_1, "
            "conv_2, dense, output",
        ),
        (
            "lenet5",
            {"layer_sparsity": {"pool_1": 0.5}},
            "schedule.layer_sparsity: pool_1 is no layer that lenet5 prunes; it prunes conv_1, "
            "conv_2, dense, output",
        ),
        (
            "lenet5",
            {"layer_sparsity": {"conv_*": 0.5, "conv_1": 0.6}},
            "schedule.layer_sparsity: conv_1 decides nothing: patterns before it fit all its "
            "layers; put it first",
        ),
        (
            "lenet5",
            {"layer_sparsity": {"conv_*": 0.5}, "dense_layers": ["*_2"]},
            "schedule.layer_sparsity: conv_* gives conv_2 a sparsity, and "
            "schedule.dense_layers: *_2 leaves it dense",
        ),
        (
            "lenet5",
            {"block_size": (1, 4), "dense_layers": ["output"]},
            "schedule.block_size=[1,4]: takes weights of 2 dimensions that are larger than one "
            "block, not conv_1 (4 dimensions), conv_2 (4 dimensions); leave them dense by "
            "schedule.dense_layers=[output,conv_1,conv_2], or take schedule.block_size=[1,1]",
        ),
    ],
)
def test_a_schedule_that_a_blueprint_rules_out_is_refused(
    architecture: str, changes: dict[str, Any], line: str
) -> None:
    with pytest.raises(ImpossiblePoint) as refusal:
        check_schedule(plan(architecture), make_schedule(**changes), architecture)
    assert str(refusal.value) == line


def test_layers_that_m_of_n_does_not_fit_are_refused_by_name() -> None:
    layers = [LayerPlan("line", "Conv1D"), LayerPlan("up", "Conv2DTranspose")]
    with pytest.raises(ImpossiblePoint, match=r"not line \(3 dimensions\), up \(Conv2DTranspose\)"):
        check_schedule([*layers, LayerPlan("output", "Dense")], make_schedule(**TWO_OF_FOUR))
    check_schedule([LayerPlan("output", "Dense")], make_schedule(**TWO_OF_FOUR))


def test_every_shipped_architecture_takes_a_plain_schedule() -> None:
    for name in architectures.ARCHITECTURES:
        check_schedule(plan(name), make_schedule(), name)


@pytest.mark.parametrize(
    ("architecture", "channels", "changes", "line"),
    [
        (
            "mnist_cnn",
            1,
            TWO_OF_FOUR,
            "schedule.m_by_n=[2,4]: takes weights of 2 or 4 dimensions with at least 4 input "
            "channels, not conv (3x3x1x12); leave them dense by schedule.dense_layers=[conv], or "
            "take schedule.m_by_n=null",
        ),
        (
            "lenet_300_100",
            1,
            {"block_size": (512, 300)},
            "schedule.block_size=[512,300]: takes weights of 2 dimensions that are larger than one "
            "block, not dense_300 (256x300), dense_100 (300x100), output (100x3); leave them dense "
            "by schedule.dense_layers=[dense_300,dense_100,output], or take "
            "schedule.block_size=[1,1]",
        ),
        (
            "depthwise_cnn",
            1,
            XNNPACK,
            "schedule.policy=xnnpack: a sparse model starts with ZeroPadding2D(1) and a 3x3 "
            "convolution of 3 channels with stride 2 and padding valid; depthwise_cnn has conv "
            "(Conv2D 3x3, channels 1, stride 2, padding valid)",
        ),
        (
            "lenet_300_100",
            3,
            XNNPACK,
            "schedule.policy=xnnpack: a sparse model starts with ZeroPadding2D(1) and a 3x3 "
            "convolution of 3 channels with stride 2 and padding valid; lenet_300_100 has no "
            "convolution",
        ),
        (
            "depthwise_cnn",
            3,
            XNNPACK | {"layer_sparsity": {"conv": 0.5}},
            "schedule.layer_sparsity: conv is no layer that depthwise_cnn prunes; it prunes "
            "block_1_mix, block_2_mix, block_3_mix, block_4_mix",
        ),
    ],
)
def test_a_model_says_what_its_blueprint_does_not(
    architecture: str, channels: int, changes: dict[str, Any], line: str
) -> None:
    model = architectures.build(architecture, (16, 16, channels), 3)
    assert unsupported(model, make_schedule(**changes)) == line


def _sparse_way(*layers: Any, average: Any = keras.layers.GlobalAveragePooling2D) -> keras.Model:
    start = [keras.layers.ZeroPadding2D(1), Conv2D(4, 3, 2, name="start")]
    return _model(
        *start, *layers, average(name="average"), Dense(3, name="output"), shape=(8, 8, 3)
    )


def test_layers_in_the_sparse_way_are_refused_by_name() -> None:
    layers = keras.layers
    model = _sparse_way(
        layers.MaxPooling2D(name="pool"),
        Conv2D(4, 1, name="mix"),
        layers.DepthwiseConv2D(2, name="each"),
    )
    assert unsupported(model, make_schedule(**XNNPACK)) == (
        "schedule.policy=xnnpack: XNNPACK cannot run pool (MaxPooling2D), each (DepthwiseConv2D "
        "2x2, channels 4, stride 1, padding valid) in a sparse model"
    )
    other_end = _sparse_way(Conv2D(4, 1), average=layers.GlobalMaxPooling2D)
    assert "ends with GlobalAveragePooling2D" in str(
        unsupported(other_end, make_schedule(**XNNPACK))
    )
    nothing = unsupported(_sparse_way(layers.ReLU()), make_schedule(**XNNPACK))
    assert nothing == "schedule.policy=xnnpack: own has nothing to prune"


def test_what_tfmot_raises_names_the_layer() -> None:
    model = _model(
        keras.layers.Flatten(),
        Dense(4, name="whole"),
        Dense(4, name="half", dtype="float16"),
        Dense(3, name="output", dtype="float32"),
    )
    before = [weights.copy() for weights in model.get_weights()]
    assert unsupported(model, make_schedule()) is None
    reason = unsupported(model, make_schedule(**TWO_OF_FOUR, dense_layers=["output"]))
    assert reason is not None
    assert reason.startswith("layer half cannot be pruned: ValueError: Tensor conversion requested")
    assert reason.endswith("; leave it dense by schedule.dense_layers=[output,half]")
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_models_without_a_graph_or_weights_are_refused() -> None:
    class Own(keras.Model):
        def call(self, inputs: Any) -> Any:
            return inputs

    assert unsupported(Own(name="own"), make_schedule()) == (
        "own is subclassed: take a Sequential or functional model"
    )
    unbuilt = keras.Sequential([Dense(3)], name="own")
    assert unsupported(unbuilt, make_schedule()) == "own has no weights yet: give it an input shape"


def test_the_last_block_or_group_counts_what_is_there() -> None:
    weights = np.ones((5, 6), np.float32)
    weights[4:, 4:] = 0
    assert Pattern(block=(4, 4)).mismatch(weights, 0.25) is None
    assert Pattern(block=(4, 4)).mismatch(weights, 0.75) == (
        "1 of 4 blocks are zero, asked for 0.7500 of them"
    )
    assert UNSTRUCTURED.mismatch(weights, 2 / 30) is None
    grouped = np.ones((7, 1), np.float32)
    grouped[[0, 3, 5]] = 0
    assert replace(UNSTRUCTURED, m_by_n=(2, 4)).mismatch(grouped, 0.5) is None
    grouped[5] = 1
    assert replace(UNSTRUCTURED, m_by_n=(2, 4)).mismatch(grouped, 0.5) == (
        "1 of 2 groups of 4 weights have fewer than 2 zeros"
    )
