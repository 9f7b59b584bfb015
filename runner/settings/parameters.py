"""Write settings as the flat parameters that MLflow shows, and as YAML."""

from collections.abc import Sequence
from typing import Any

import yaml

from runner.settings import Settings
from runner.settings.address_mask import masked
from runner.settings.overrides import as_override
from runner.settings.search import SearchSettings

# The sweep's own marks are tags, not settings; and how a point was chosen does not change it.
_POINT = {"sweep", "search"}
_BASELINE = {
    "sweep", "search", "channels", "schedule", "compress", "report", "export", "measure",
    "device", "devices",
}  # fmt: skip


def point_parameters(settings: Settings) -> dict[str, str]:
    """Flatten every setting of a point, as in `schedule.final_sparsity`."""
    return _flat(_shown(settings, _POINT))


def sweep_parameters(points: Sequence[Settings]) -> dict[str, str]:
    """Flatten the settings of a whole sweep: of those that vary, every value, with commas."""
    flat = [point_parameters(settings) for settings in points]
    names = dict.fromkeys(name for point in flat for name in point)
    values = {
        name: ",".join(dict.fromkeys(point[name] for point in flat if name in point))
        for name in names
    }
    search = points[0].search
    return {**values, **search_parameters(search)} if search.is_adaptive else values


def search_parameters(search: SearchSettings) -> dict[str, str]:
    """Flatten the settings of a search, as in `search.stop_below`."""
    return _flat(search.model_dump(mode="json"), "search.")


def baseline_parameters(settings: Settings) -> dict[str, str]:
    """Flatten the settings that a baseline run depends on; of those of files, only the batch."""
    batch = {"export.batch": as_override(settings.export.batch)}
    return {**_flat(_shown(settings, _BASELINE)), **batch}


def as_yaml(settings: Settings) -> str:
    """Write the settings as the YAML file that lies next to the results."""
    return yaml.safe_dump(_shown(settings, _POINT), sort_keys=False)


def _shown(settings: Settings, without: set[str]) -> dict[str, Any]:
    values = settings.model_dump(mode="json", exclude=without)
    if "compress" in values:
        # Else points without clusters would stand among those with 16.
        values["compress"] = settings.compress.effective
    if "channels" in values:
        values["channels"] = settings.channels.effective
    for group in (settings.baseline, settings.schedule):
        for name in group.unused & values.get(group.place, {}).keys():
            del values[group.place][name]
    values["tracking"]["uri"] = masked(settings.tracking.uri)
    return values


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = as_override(value)
    return flat
