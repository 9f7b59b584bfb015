"""Run the grid of points that a multirun asks for, as a sweeper of Hydra."""

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from runner.errors import Refused, one_line
from runner.escaping.brief import brief
from runner.escaping.log_lines import log_into, require_file_name
from runner.escaping.terminal import say
from runner.escaping.wrapped import say_wrapped
from runner.planning import grid
from runner.planning.candidates import expand
from runner.planning.writable import require_writable
from runner.settings.store_uri import resolve
from runner.sweep.launchers.hydra_launcher import adapt
from runner.sweep.reach import require_address
from runner.sweep.search_space import SearchSpace
from runner.sweep.sweep_name import sweep_name, sweep_words

log = logging.getLogger(__name__)

# Characters of the line that says what a sweep is.
_LONGEST = 200
# To check more points than these takes seconds, of which one should know what they are for.
_MANY = 200


class PruningSweeper(Sweeper):
    """Run a grid of points, with any launcher, under one MLflow run."""

    # Hydra drops what sweep() returns, so the command reads here whether some point failed.
    failed: ClassVar[bool] = False

    def __init__(
        self,
        params: Mapping[str, str] | None,
        points: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Take what to run.

        Args:
            params: the axes of a grid: a text of values, separated by commas, for each setting.
            points: single points in addition to the grid, each a group of settings.
        """
        self._axes = params or {}
        self._singles = points or ()

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Store what Hydra hands over, and make the launcher that the configuration names.

        Raises:
            Refused: Hydra knows no such launcher.
        """
        self._loader = hydra_context.config_loader
        self._config = config
        try:
            launcher = Plugins.instance().instantiate_launcher(
                hydra_context=hydra_context, task_function=task_function, config=config
            )
        except (RuntimeError, ImportError) as error:
            raise Refused(f"hydra.launcher: {one_line(error)}") from error
        self._launcher = adapt(launcher)

    def sweep(self, arguments: list[str]) -> Any:
        """Check all points, then run those that are possible and report.

        Raises:
            Refused: before any point is started, where a setting cannot work.
        """
        require_file_name(self._config.hydra.job.name)
        _require_inner_folder(self._config)
        _require_writable(self._config)
        checked = self._check(arguments)
        if self._launcher.runs_elsewhere():
            require_address(checked.points[0].settings.tracking.uri)
        name = sweep_name(checked.points, self._config.hydra.runtime.choices.get("sweep"))
        # Before anything heavy is imported: something is on the screen soon.
        say_wrapped(Console(), [brief(sweep_words(name, checked.points), _LONGEST)])
        folder = self._save_config()

        # MLflow is imported here, after every check, while the workers' server imports too.
        from runner.sweep.session import run_sweep

        try:
            with log_into(folder, str(self._config.hydra.job.name)):
                finished, returns = run_sweep(name, checked.points, self._launcher, folder)
        finally:
            self._launcher.close()
        PruningSweeper.failed = not finished
        return [returns]

    def _check(self, arguments: list[str]) -> grid.Grid:
        """Check all points, and say which of them are left out."""
        adaptive = OmegaConf.select(self._config, "search.strategy") == "adaptive"
        candidates = expand(self._axes, self._singles, arguments, self._loader, adaptive)
        if len(candidates) > _MANY:
            say(f"checking {len(candidates):,} points")
        checked = grid.check(candidates, self._loader, self._config, self._launcher.preload)
        for reason in checked.skipped:
            log.warning("skipped: %s", reason)
        if adaptive:
            # Refused now, if it cannot be searched.
            SearchSpace(checked.points)
        return checked

    def _save_config(self) -> Path:
        """Write the configuration into the folder of the sweep, and return that folder."""
        folder = Path(self._config.hydra.sweep.dir)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            accepted = f"a folder to write into ({error.strerror})"
            raise Refused(f"hydra.sweep.dir={folder}: must be {accepted}") from None
        OmegaConf.save(self._config, folder / "multirun.yaml")
        return folder


def _require_writable(config: DictConfig) -> None:
    """Refuse a sweep that has nowhere to write to, before its points are checked."""
    chosen = {name: OmegaConf.select(config, name) for name in ("hydra.sweep.dir", "cache.folder")}
    folders = {name: Path(os.path.expanduser(str(path))) for name, path in chosen.items()}  # noqa: PTH111
    require_writable(folders, resolve(OmegaConf.select(config, "tracking.uri")))


def _require_inner_folder(config: DictConfig) -> None:
    """Refuse folders of jobs that would lie outside of the sweep's own."""
    # Not resolved: it holds the number of each job.
    values = OmegaConf.to_container(config.hydra.sweep, resolve=False)
    folder = Path(str(values["subdir"] if isinstance(values, dict) else ""))
    if folder.is_absolute() or ".." in folder.parts:
        accepted = "a folder inside of hydra.sweep.dir"
        raise Refused(f"hydra.sweep.subdir={folder}: must be {accepted}")
