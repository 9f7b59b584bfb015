import pytest

from runner.refusal import ImpossiblePoint, Refused
from runner.settings import from_hydra
from tests.conftest import Compose


def test_the_shipped_configuration_is_accepted(composed: Compose) -> None:
    settings = from_hydra(composed())
    assert settings.dataset.name == "digits"
    assert settings.architecture.name == "lenet_300_100"
    assert settings.schedule.final_sparsity == 0.8


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("schedule.final_sparsity=1.0", "schedule.final_sparsity=1.0: must be a number from 0"),
        ("schedule.final_sparsity=nan", "schedule.final_sparsity=nan: must be a number from 0"),
        ("schedule.final_sparsity=true", "schedule.final_sparsity=true: must be a number from 0"),
        ("schedule.initial_sparsity=-0.1", "schedule.initial_sparsity=-0.1: must be a number"),
        ("schedule.epochs=0", "schedule.epochs=0: must be a whole number of at least 1"),
        ("schedule.epochs=2.5", "schedule.epochs=2.5: must be a whole number of at least 1"),
        ("baseline.learning_rate=0", "baseline.learning_rate=0: must be a positive number"),
        ("dataset.validation_share=1", "dataset.validation_share=1: must be a share between"),
        ("schedule.end=0", "schedule.end=0: must be a share above 0, at most 1"),
        ("schedule.name=cubic", "schedule.name=cubic: must be one of polynomial, constant"),
        ("export.targets=[h5,onnx]", "export.targets=onnx: must be a list, without repeats, of h5"),
        ("export.targets=[h5,h5]", "must be a list, without repeats, of h5"),
        ("export.targets=[]", "export.targets=[]: must be a list, without repeats, of h5"),
        ("+schedule.power=2", "schedule.power: no such setting; schedule has name, initial"),
        ("+nonsense=2", "nonsense: no such setting"),
        ("~schedule.epochs", "schedule.epochs is missing: it must be a whole number"),
        ("tracking.uri=file:///tmp/x", "tracking.uri=file:///tmp/x: must be sqlite:///FILE"),
        ("dataset=npz", "dataset.path=null: dataset=npz takes the path of an .npz file"),
        ("report.max_drop=2", "report.max_drop=2: must be a share from 0 to 1"),
        ("seed=-1", "seed=-1: must be a whole number from 0"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(composed: Compose, override: str, line: str) -> None:
    with pytest.raises(Refused) as refusal:
        from_hydra(composed(override))
    assert line in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not isinstance(refusal.value, ImpossiblePoint)


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        (
            ["schedule.initial_sparsity=0.9", "schedule.final_sparsity=0.8"],
            "schedule.initial_sparsity=0.9: must be at most schedule.final_sparsity=0.8",
        ),
        (
            ["schedule.begin=0.5", "schedule.end=0.5"],
            "schedule.begin=0.5: must be below schedule.end=0.5",
        ),
        (
            ["schedule=constant", "schedule.initial_sparsity=0.5"],
            "must be schedule.final_sparsity=0.8 in a constant schedule",
        ),
    ],
)
def test_values_that_do_not_go_together_are_impossible(
    composed: Compose, overrides: list[str], line: str
) -> None:
    with pytest.raises(ImpossiblePoint, match=line):
        from_hydra(composed(*overrides))


def test_a_wrong_value_outweighs_an_impossible_pair(composed: Compose) -> None:
    with pytest.raises(Refused) as refusal:
        from_hydra(composed("schedule.initial_sparsity=0.9", "baseline.epochs=0"))
    assert not isinstance(refusal.value, ImpossiblePoint)


def test_settings_are_frozen(composed: Compose) -> None:
    settings = from_hydra(composed())
    with pytest.raises(ValueError, match="frozen"):
        settings.seed = 1
