"""A folder goes in; the commit of the repository around it comes out as tags of a run."""

import functools
import subprocess
from collections.abc import Mapping
from pathlib import Path


@functools.lru_cache(maxsize=1)
def tags(folder: Path) -> Mapping[str, str]:
    """Return the commit and whether tracked files differ from it; empty outside a repository."""
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit:
        return {}
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {"mlflow.source.git.commit": commit, "runner.git_dirty": str(bool(changes)).lower()}


def _git(folder: Path, *arguments: str) -> str | None:
    """Run git; None where there is no git or no repository."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
