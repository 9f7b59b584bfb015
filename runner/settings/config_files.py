"""Read Hydra's files of settings as people's editors write them, with a mark before the text."""

from pathlib import Path

from hydra._internal.core_plugins import file_config_source
from hydra._internal.sources_registry import SourcesRegistry
from hydra.plugins.config_source import ConfigResult
from omegaconf import OmegaConf

# Hydra looks for what heads a file among so many characters too.
_HEAD = 512


# By this name Hydra, which may look for its readers once more, takes it for its own.
class FileConfigSource(file_config_source.FileConfigSource):
    """Hydra's own reader, for which a mark is a part of the first line."""

    def load_config(self, config_path: str) -> ConfigResult:
        """Read a file of settings.

        Raises:
            ConfigLoadError: it is not there.
        """
        path = Path(self.path, self._normalize_file_name(config_path)).resolve()
        if not path.exists():
            return super().load_config(config_path)
        with path.open(encoding="utf-8-sig") as file:
            header = self._get_header_dict(file.read(_HEAD))
            file.seek(0)
            place = f"{self.scheme()}://{self.path}"
            return ConfigResult(
                config=OmegaConf.load(file), path=place, provider=self.provider, header=header
            )


def use_config_files() -> None:
    """Let Hydra read files of settings with this reader; it must have found its own before."""
    # What is registered once can only be replaced here.
    SourcesRegistry.instance().types[FileConfigSource.scheme()] = FileConfigSource
