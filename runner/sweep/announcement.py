"""Tell the program that started a sweep which run of which store it is."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

# The variable that names the file to write; unset unless a program asks.
ANNOUNCEMENT = "RUNNER_ANNOUNCEMENT"


@dataclass(frozen=True)
class Announcement:
    """The run of a sweep, and where it is."""

    run_id: str
    uri: str
    experiment: str

    def write(self) -> None:
        """Write the file that the environment asks for, if it does."""
        path = os.environ.get(ANNOUNCEMENT)
        if path:
            Path(path).write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Announcement | None":
        """Read the file; None where no sweep has begun."""
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
