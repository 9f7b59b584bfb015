"""Tell what a launcher must know of the application whose jobs it runs: this one, or any other."""

from omegaconf import DictConfig, OmegaConf

from runner.settings import Settings


def is_this_one(config: DictConfig) -> bool:
    """Tell whether jobs are points of this project; another application has no such settings."""
    return OmegaConf.select(config, "architecture.name") is not None


def threads_of(config: DictConfig) -> int:
    """Return the threads of each worker; the default where the application has no such setting."""
    chosen = OmegaConf.select(config, "threads")
    return int(Settings.model_fields["threads"].default if chosen is None else chosen)


def runs_code_of_others(config: DictConfig) -> bool:
    """Tell whether a job runs code that may do anything to the process it runs in."""
    if not is_this_one(config):
        return True
    architecture = config.architecture
    return architecture.name == "callable" or bool(architecture.get("trust"))
