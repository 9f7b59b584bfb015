"""Order the points of a sweep by setting: those that differ in nothing but their seed are one."""

from collections.abc import Collection, Sequence

from runner.errors import Refused
from runner.planning.grid import Point
from runner.search.setting import Setting
from runner.settings import Settings
from runner.settings.parameters import point_parameters

_SEED = "seed"


class SearchSpace:
    """The settings that a search chooses among, each at its place, and their points."""

    def __init__(self, points: Sequence[Point]) -> None:
        """Take all points of a sweep.

        Raises:
            Refused: they are on several data sets.
        """
        self.points = tuple(points)
        groups: dict[tuple[tuple[str, str], ...], list[Point]] = {}
        for point in points:
            parameters = point_parameters(point.settings)
            parameters.pop(_SEED)
            groups.setdefault(tuple(parameters.items()), []).append(point)
        self._groups = list(groups.values())
        self._places = {
            point.fingerprint: place for place, group in enumerate(self._groups) for point in group
        }
        self.settings = _settings([dict(parameters) for parameters in groups], self._groups)

    def place_of(self, fingerprint: str) -> int:
        """Return the place of a point's setting; -1 of a point that is none of these."""
        return self._places.get(fingerprint, -1)

    def places(self, fingerprints: Collection[str]) -> list[int]:
        """Return the places of the settings of some points, each once."""
        return list(dict.fromkeys(self._places[each] for each in sorted(fingerprints)))

    def all_of(self, fingerprints: Collection[str]) -> list[int]:
        """Return the places of the settings all of whose points are among these."""
        return [
            place
            for place, group in enumerate(self._groups)
            if all(point.fingerprint in fingerprints for point in group)
        ]

    def remaining(self, place: int, without: Collection[str]) -> list[Point]:
        """Return the points of a setting, without some."""
        return [point for point in self._groups[place] if point.fingerprint not in without]

    def begun(self, finished: Collection[str]) -> list[Point]:
        """Return the points that settings lack of which some points are finished."""
        return [
            point
            for group in self._groups
            if any(point.fingerprint in finished for point in group)
            for point in group
            if point.fingerprint not in finished
        ]


def _settings(parameters: Sequence[dict[str, str]], groups: Sequence[list[Point]]) -> list[Setting]:
    names = dict.fromkeys(name for each in parameters for name in each)
    varying = [name for name in names if len({each.get(name, "") for each in parameters}) > 1]
    data = [name for name in varying if name.startswith("dataset.")]
    if data:
        raise Refused(
            f"search.strategy=adaptive: takes one data set, and {data[0]} varies; run the command "
            "once for each"
        )
    return [
        Setting({name: each[name] for name in varying if name in each}, _epochs(group[0].settings))
        for each, group in zip(parameters, groups, strict=True)
    ]


def _epochs(settings: Settings) -> float:
    """Return how many epochs a point is trained for after its baseline."""
    channels, compress = settings.channels, settings.compress
    stages = compress.clusters_weights + compress.quantizes
    own = channels.epochs + settings.baseline.epochs * (channels.start == "fresh")
    return settings.schedule.epochs + own * channels.removes + compress.epochs * stages
