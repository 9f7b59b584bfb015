"""Compose the jobs of a launch, reading files of settings once for each choice of them."""

import copy
import functools
from collections.abc import Sequence
from contextlib import suppress

from hydra._internal.config_loader_impl import get_overrides_dirname
from hydra.core.config_loader import ConfigLoader
from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from runner.settings.choices import Choices

# Choices of files that are kept at a time; each takes some 0.2 MB.
_KEPT = 64


class JobComposition:
    """Compose whole configurations of jobs, with the node of Hydra, as Hydra does.

    What is no choice of a file and no value of a setting, and what fails, is left to Hydra.
    """

    def __init__(self, loader: ConfigLoader, config: DictConfig) -> None:
        """Take what composes jobs, and the configuration of the launch."""
        self._loader, self._config = loader, config
        self._choices = Choices(loader, config)
        self._with_choices = functools.lru_cache(_KEPT)(self._by_hydra)

    def config(self, overrides: Sequence[str]) -> DictConfig:
        """Return the configuration of a job, which is the caller's own.

        Raises:
            HydraException: it cannot be composed.
        """
        with suppress(HydraException, OmegaConfBaseException):
            composed = self._from_choices(overrides)
            if composed is not None:
                return composed
        return self._by_hydra(tuple(overrides))

    def _by_hydra(self, overrides: tuple[str, ...]) -> DictConfig:
        return self._loader.load_sweep_config(self._config, list(overrides))

    def _from_choices(self, overrides: Sequence[str]) -> DictConfig | None:
        parts = self._choices.divide(overrides)
        if parts is None:
            return None
        # Jobs write into theirs.
        config = copy.deepcopy(self._with_choices(parts.choices))
        parts.apply(config)
        self._note_overrides(config, overrides)
        return config

    def _note_overrides(self, config: DictConfig, overrides: Sequence[str]) -> None:
        """Write down all overrides where Hydra has written down the choices alone."""
        read = [self._choices.read(text) for text in overrides]
        task = [override for override in read if not override.is_hydra_override()]
        config.hydra.overrides.task = [override.input_line for override in task]
        form = config.hydra.job.config.override_dirname
        config.hydra.job.override_dirname = get_overrides_dirname(
            task, form.exclude_keys, form.item_sep, form.kv_sep
        )
