import pytest

from runner.errors import ImpossiblePoint, Refused
from runner.settings import ScheduleSettings, from_hydra
from tests.helpers.project import Compose


def test_two_of_four_weights_is_a_schedule_of_its_own(composed: Compose) -> None:
    schedule = from_hydra(composed("schedule=two_of_four")).schedule
    assert schedule.m_by_n == (2, 4)
    assert (schedule.initial_sparsity, schedule.final_sparsity, schedule.begin) == (0.5, 0.5, 0.0)
    fewer = ["schedule.m_by_n=[1,3]", "schedule.final_sparsity=0.3333"]
    assert from_hydra(composed("schedule=two_of_four", *fewer)).schedule.m_by_n == (1, 3)


def test_sparsities_by_layer_keep_their_order(composed: Compose) -> None:
    typed = "schedule.layer_sparsity={*_1:0.5,conv_*:0.9,a:0.25}"
    settings = from_hydra(composed(typed))
    assert list(settings.schedule.layer_sparsity) == ["*_1", "conv_*", "a"]
    dumped = settings.schedule.model_dump(mode="json")
    assert dumped["layer_sparsity"] == '{"*_1": 0.5, "conv_*": 0.9, "a": 0.25}'
    assert ScheduleSettings.model_validate(dumped) == settings.schedule
    assert from_hydra(composed()).schedule.layer_sparsity == {}


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
        ("compress.clusters=2", "compress.clusters=2: must be a whole number from 3 to 256"),
        ("channels.share=1", "channels.share=1: must be a number from 0 up to, but below, 1"),
        ("channels.share=-0.1", "channels.share=-0.1: must be a number from 0 up to"),
        ("channels.multiple=0", "channels.multiple=0: must be a whole number of at least 1"),
        ("channels.start=new", "channels.start=new: must be one of kept, fresh"),
        ("channels.criterion=l1", "channels.criterion=l1: must be one of l2, gamma"),
        ("channels.layer_share=0.5", "channels.layer_share=0.5: must be shares by layer name"),
        (
            "export.targets=[tflite_int8_sparse]",
            "export.targets=tflite_int8_sparse: LiteRT cannot run sparse encoding together with",
        ),
        ("architecture=keras_file", "architecture.path=null: architecture=keras_file takes the"),
        ("architecture=callable", "architecture.target=null: architecture=callable takes the"),
        ("+architecture.path=x.h5", "x.h5: architecture=lenet_300_100 takes none; take architec"),
        ("dataset=image_folder", "dataset.path=null: dataset=image_folder takes the path of a"),
        ("baseline.epochs=0", "baseline.epochs=0: must be a whole number of at least 1; only"),
        ("report.max_drop=2", "report.max_drop=2: must be a share from 0 to 1"),
        (
            "report.confidence=95",
            "report.confidence=95: must be a share of at least 0.5 and below 1, or",
        ),
        (
            "report.confidence=1",
            "report.confidence=1: must be a share of at least 0.5 and below 1, or",
        ),
        ("report.confidence=0.3", "report.confidence=0.3: must be a share of at least 0.5 and"),
        ("schedule.block_size=[0,4]", "schedule.block_size=0: must be two whole numbers, as in"),
        ("schedule.m_by_n=[4,4]", "schedule.m_by_n=[4,4]: must be two whole numbers, the first"),
        ("schedule.layer_sparsity=0", "schedule.layer_sparsity=0: must be final sparsities by"),
        ("schedule.layer_sparsity=all", "schedule.layer_sparsity=all: must be final sparsities"),
        ("schedule.policy=gpu", "schedule.policy=gpu: must be one of all, xnnpack"),
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
        (
            ["schedule=two_of_four", "schedule.m_by_n=[1,4]"],
            r"schedule.final_sparsity=0.5: must be 0.25 with schedule.m_by_n=\[1,4\]",
        ),
        (
            ["schedule=polynomial", "schedule.final_sparsity=0.75", "schedule.m_by_n=[3,4]"],
            r"schedule.initial_sparsity=0.5: must be 0.75 with schedule.m_by_n=\[3,4\]",
        ),
        (
            ["schedule=two_of_four", "schedule.begin=0.5"],
            r"schedule.begin=0.5: must be 0.0 with schedule.m_by_n=\[2,4\]",
        ),
        (
            ["schedule=two_of_four", "schedule.block_size=[1,4]"],
            r"schedule.block_size=\[1,4\]: must be \[1,1\] with schedule.m_by_n=\[2,4\]",
        ),
        (
            ["schedule=two_of_four", "schedule.layer_sparsity={conv:0.5}"],
            r"schedule.layer_sparsity={'conv': 0.5}: must be {} with schedule.m_by_n=\[2,4\]",
        ),
        (
            ["schedule.policy=xnnpack", "schedule.block_size=[1,4]"],
            r"schedule.block_size=\[1,4\]: must be \[1,1\] with schedule.policy=xnnpack",
        ),
        (
            ["schedule=two_of_four", "schedule.policy=xnnpack"],
            r"schedule.m_by_n=\[2,4\]: must be null with schedule.policy=xnnpack",
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
        from_hydra(composed("schedule.initial_sparsity=0.9", "baseline.batch_size=0"))
    assert not isinstance(refusal.value, ImpossiblePoint)


def test_settings_are_frozen(composed: Compose) -> None:
    settings = from_hydra(composed())
    with pytest.raises(ValueError, match="frozen"):
        settings.seed = 1
