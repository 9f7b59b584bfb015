import pytest

from runner.backend import PruneRegistry, make_repeatable
from runner.models.architectures import ARCHITECTURES, build
from runner.models.layer_plan import PRUNED, plan
from runner.prune.sparsity import prunable_weights


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    # Every test in this process must settle on the same number of threads.
    make_repeatable(0, 1)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("lenet_300_100", 266_610),
        ("lenet5", 431_080),
        ("mnist_cnn", 20_410),
        ("fashion_cnn", 18_762),
        ("depthwise_cnn", 19_786),
        ("resnet_small", 176_090),
    ],
)
def test_parameters_are_those_of_the_recipes(name: str, parameters: int) -> None:
    assert build(name, (28, 28, 1), 10).count_params() == parameters


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_least_side_is_true(name: str) -> None:
    least = ARCHITECTURES[name].least_side
    assert build(name, (least, least, 3), 4).output_shape == (None, 4)
    if least > 1:
        with pytest.raises(ValueError, match=r"negative|Negative|zero"):
            build(name, (least - 1, least - 1, 3), 4)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_prunable_layers_are_true(name: str) -> None:
    model = build(name, (28, 28, 1), 10)
    found = {layer.name for layer in model.layers if prunable_weights(layer)}
    assert found == {layer.name for layer in plan(name) if layer.rank}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_plan_is_true(name: str) -> None:
    model = build(name, (28, 28, 1), 10)
    made = {(layer.name, type(layer).__name__) for layer in model.layers}
    assert made - {("image", "InputLayer")} == {(layer.name, layer.kind) for layer in plan(name)}


def test_what_is_pruned_is_what_the_toolkit_prunes() -> None:
    known = PruneRegistry._LAYERS_WEIGHTS_MAP.items()
    pruned = {kind.__name__ for kind, weights in known if len(weights) == 1}
    assert set(PRUNED) == pruned


def test_an_edited_builder_is_another_network() -> None:
    digests = {each.source_digest for each in ARCHITECTURES.values()}
    assert len(digests) == len(ARCHITECTURES)
