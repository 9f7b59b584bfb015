"""Name the project's folder, what it exports by default, and the types of the shared fixtures."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import yaml
from omegaconf import DictConfig

from runner.settings import Settings
from runner.settings.paths import CONF
from runner.settings.targets import Target

PROJECT = Path(__file__).parents[2]
# The targets that a run exports unasked.
STANDARD = tuple(
    map(Target, yaml.safe_load((CONF / "export" / "standard.yaml").read_text())["targets"])
)

Compose = Callable[..., DictConfig]
Configure = Callable[..., Settings]
Command = Callable[..., subprocess.CompletedProcess[str]]
Shoot = Callable[..., None]
