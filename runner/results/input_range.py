"""Tell from the parameters of a run what numbers its files take for pixels."""

import json
from collections.abc import Mapping
from typing import Any, cast

from runner.data.scale import scale_of
from runner.settings.dataset import ScaleName


def input_range(params: Mapping[str, str]) -> dict[str, Any]:
    """Return how pixels from 0 to 255 come to what the files take, in plain values.

    Runs of earlier versions say nothing of it: their files take numbers from 0 to 1.

    Returns:
        `scale`, the name of the range; `mean` and `std`, which are taken off and divide, for all
        channels or for each; `bgr`, whether the channels change their order before; `in_file`,
        whether the files do all this themselves, and take pixels.
    """
    mean, std = (_numbers(params.get(f"dataset.{name}", "null")) for name in ("mean", "std"))
    scale = scale_of(cast(ScaleName, params.get("dataset.scale", "0..1")), mean, std)
    return {
        "scale": scale.name,
        "mean": list(scale.mean),
        "std": list(scale.std),
        "bgr": scale.bgr,
        "in_file": params.get("dataset.scale_in_file") == "true",
    }


def _numbers(text: str) -> tuple[float, ...] | None:
    values = json.loads(text)
    return None if values is None else tuple(values)
