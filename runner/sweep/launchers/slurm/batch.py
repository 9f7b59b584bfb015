"""Keep, in a folder that all machines see, what was submitted together."""

import json
import os
import secrets
import stat
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

_FILE = "jobs.json"


class Unusable(ValueError):
    """A folder is not one of this user's own, or is gone, or holds something else."""


@dataclass(frozen=True)
class Batch:
    """Jobs that were submitted together.

    Attributes:
        token: what the cluster finds them by.
        cluster: the name of the cluster.
        folder: holds what was submitted, printed and returned; this user's alone.
        keys: what each job is, in words by which a later process knows it.
        ids: the cluster's ids of the jobs; empty before it has taken them.
    """

    token: str
    cluster: str
    folder: str
    keys: tuple[str, ...]
    ids: tuple[str, ...] = ()

    @classmethod
    def begin(cls, root: Path, cluster: str, keys: Sequence[str]) -> "Batch":
        """Make the folder of a batch that is about to be submitted.

        Raises:
            OSError: it cannot be made.
        """
        token = f"runner-{secrets.token_hex(6)}"
        folder = root.absolute() / token
        folder.mkdir(0o700, parents=True)
        batch = cls(token, cluster, str(folder), tuple(keys))
        batch._write()
        return batch

    @classmethod
    def read(cls, folder: Path) -> "Batch":
        """Read what another process has submitted.

        Raises:
            Unusable: it is not to be had.
        """
        _require_own(folder)
        try:
            values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
            keys, ids = tuple(values.pop("keys")), tuple(values.pop("ids"))
            return replace(cls(**values, keys=keys, ids=ids), folder=str(folder))
        except OSError as error:
            raise Unusable(f"{folder}: {error.strerror}") from None
        except (ValueError, KeyError, TypeError):
            raise Unusable(f"{folder / _FILE}: does not say which jobs there are") from None

    def submitted(self, ids: Sequence[str]) -> "Batch":
        """Note the ids that the cluster has given.

        Raises:
            OSError: they cannot be written.
        """
        batch = replace(self, ids=tuple(ids))
        batch._write()
        return batch

    def messages(self, index: int) -> Path:
        """Return where one job's messages are."""
        return Path(self.folder) / f"{index}.messages"

    def _write(self) -> None:
        new = Path(self.folder) / f".{_FILE}"
        new.write_text(json.dumps(asdict(self)), encoding="utf-8")
        new.replace(Path(self.folder) / _FILE)


def _require_own(folder: Path) -> None:
    """Require that nobody else can have written here: results are unpickled."""
    try:
        status = folder.stat()
    except OSError as error:
        raise Unusable(f"{folder}: {error.strerror}") from None
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Unusable(f"{folder}: others can write there")
