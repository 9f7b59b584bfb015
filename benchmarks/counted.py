"""Run the command line, and print as JSON how much it imported and composed.

python -m benchmarks.counted ARGUMENTS
"""

import functools
import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl

from runner.__main__ import main as run

_HEAVY = {"mlflow", "tensorflow", "tf_keras"}


def main() -> None:
    """Run the command that the arguments are; the counts are the last line it prints."""
    compositions = _count_compositions()
    try:
        run()
    finally:
        counts = {
            "compositions": next(compositions),
            "modules": len(sys.modules),
            "heavy": sorted(_HEAVY.intersection(sys.modules)),
        }
        print(json.dumps(counts))


def _count_compositions() -> Iterator[int]:
    """Return a counter that moves on with each configuration that Hydra composes from here on."""
    counter = itertools.count()
    compose = ConfigLoaderImpl.load_configuration

    @functools.wraps(compose)
    def counted(*arguments: Any, **named: Any) -> Any:
        next(counter)
        return compose(*arguments, **named)

    ConfigLoaderImpl.load_configuration = counted  # type: ignore[method-assign]
    return counter


if __name__ == "__main__":
    main()
