"""Define the types of settings that name layers of a model."""

import json
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from runner.settings.fields import Name, Sparsity
from runner.settings.frozen_numbers import FrozenNumbers


def _by_layer(value: object) -> object:
    # Hydra takes new keys for a setting that is null, but not for one that is {}.
    if value is None:
        return {}
    return json.loads(value) if isinstance(value, str) else value


LayerNames = Annotated[
    tuple[Name, ...], Field(description="a list of layer names, or patterns as in conv_*")
]
# Written as one value whose order stays: the first pattern that fits a layer decides.
_ByLayer = Annotated[
    dict[Name, Sparsity],
    AfterValidator(FrozenNumbers),
    BeforeValidator(_by_layer),
    PlainSerializer(json.dumps, when_used="json"),
]
LayerSparsities = Annotated[
    _ByLayer,
    Field(description="final sparsities by layer name or pattern, as in {conv_*: 0.5}"),
]
LayerShares = Annotated[
    _ByLayer,
    Field(description="shares by layer name or pattern, as in {conv_*: 0.5}"),
]
