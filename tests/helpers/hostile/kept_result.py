"""Change a finished point that is kept in the cache, as whoever can write there may."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runner.measure.file_sizes import zipped_bytes, zstd_bytes
from runner.point.context import PointContext
from runner.settings import cache_paths


def kept(context: PointContext) -> Path:
    """Name the folder of the point in the cache."""
    return cache_paths.unlogged_folder(context.settings, context.fingerprint)


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the notes."""
    path = folder / "notes.json"
    notes = json.loads(path.read_text())
    change(notes)
    path.write_text(json.dumps(notes), encoding="utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name("notes.sha256").write_text(digest, encoding="ascii")


def rename(folder: Path, name: str, content: bytes) -> None:
    """Put another file in place of one, with the figures and the digest of its bytes."""
    path = folder / "files" / name
    path.write_bytes(content)
    figures = {
        f"size_bytes/{path.stem}": len(content),
        f"zip_bytes/{path.stem}": zipped_bytes(path),
        f"zstd_bytes/{path.stem}": zstd_bytes(path),
    }

    def change(notes: dict[str, Any]) -> None:
        before = {each["name"]: each["value"] for each in notes["metrics"]}
        if f"zip_ratio/{path.stem}" in before:
            whole = before[f"zip_ratio/{path.stem}"] * before[f"zip_bytes/{path.stem}"]
            figures[f"zip_ratio/{path.stem}"] = whole / figures[f"zip_bytes/{path.stem}"]
        for each in notes["metrics"]:
            each["value"] = figures.get(each["name"], each["value"])
        for file in notes["files"]:
            if file["name"] == name:
                file["size_bytes"] = len(content)
                file["sha256"] = hashlib.sha256(content).hexdigest()

    rewrite(folder, change)


def forge_old_notes(context: PointContext, secret: Path) -> None:
    """Claim, as version 0.1 wrote it, a file that cannot be, and name somebody's private text."""
    folder = context.settings.cache.folder / "unlogged"
    folder.mkdir(mode=0o700, parents=True)
    stem = getattr(cache_paths, "unlogged_file", None)
    path = (
        stem(context.settings, context.fingerprint)
        if stem
        else kept(context).with_name(f"{kept(context).name}.json")
    )
    model = folder / "h5.h5"
    shutil.copy(secret, model)
    forged = {"size_bytes/h5": 1.0, "zip_bytes/h5": 1.0, "zip_ratio/h5": 999.0, "accuracy/h5": 1.0}
    notes = {
        "params": {},
        "tags": {},
        "metrics": [[name, value, 1, 0] for name, value in forged.items()],
        "files": [[str(model), "models"], [str(secret), "models"]],
        "texts": {},
        "inputs": [],
    }
    path.write_text(json.dumps(notes), encoding="utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name("notes.sha256").write_text(digest, encoding="ascii")
