import pytest

from runner.data.classes import Classes
from runner.export.tflm import makeable as module
from runner.export.tflm.makeable import left_out, makeable
from runner.planning.conversion_check import unsupported
from runner.planning.request import Request
from runner.settings import ArchitectureSettings, CompressSettings, ScheduleSettings
from runner.settings.targets import Target

ENCODED = [target for target in Target if target.encoding]


def request(compress: str, *targets: Target) -> Request:
    return Request(
        architecture=ArchitectureSettings(),
        schedule=ScheduleSettings(),
        compress=CompressSettings.model_validate({"name": compress}),
        shape=(8, 8, 1),
        classes=Classes.numbered(2),
        targets=targets,
    )


def test_asked_for_alone_it_is_refused() -> None:
    line = unsupported(None, request("none", Target.TFLM_LUT_INT8))
    assert line is not None
    assert line.startswith("export.targets=tflm_lut_int8: needs clustered weights")
    assert unsupported(None, request("none", Target.H5, Target.TFLM_LUT_INT8)) is None
    assert unsupported(None, request("cluster", Target.TFLM_LUT_INT8)) is None


@pytest.mark.parametrize("compress", ["none", "qat"])
def test_tables_need_clusters(compress: str) -> None:
    assert Target.TFLM_LUT_INT8 not in makeable(Target, compress)
    assert list(left_out(Target, compress)) == [Target.TFLM_LUT_INT8]


@pytest.mark.parametrize("compress", ["cluster", "cluster_qat"])
def test_every_target_of_clusters_is_made(compress: str) -> None:
    assert makeable(Target, compress) == list(Target)


def test_without_the_package_nothing_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "can_encode", lambda: False)
    without = left_out(Target, "cluster")
    assert list(without) == ENCODED
    assert "tflite-micro, which is not installed" in without[ENCODED[0]]
    assert not {*makeable(Target, "cluster")} & {*ENCODED}
