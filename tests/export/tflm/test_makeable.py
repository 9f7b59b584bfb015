import pytest

from runner.errors import ImpossiblePoint
from runner.export.tflm import makeable as module
from runner.export.tflm.makeable import left_out, makeable
from runner.planning import preflight
from runner.settings.targets import Target
from tests.helpers.project import Configure

ENCODED = [target for target in Target if target.encoding]


def test_asked_for_alone_it_is_refused_before_tensorflow(settings: Configure) -> None:
    alone = "export.targets=[tflm_lut_int8]"
    with pytest.raises(
        ImpossiblePoint, match=r"^export.targets=\[tflm_lut_int8\]: needs clustered"
    ):
        preflight.check(settings(alone))
    preflight.check(settings(alone, "compress=cluster"))
    preflight.check(settings("export.targets=[tflm_lut_int8,h5]"))


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
