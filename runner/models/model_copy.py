"""Copy a user's model into a private folder, so that what is checked is what is loaded."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py  # type: ignore[import-untyped]

from runner.files.regular_file import UnfitFile, contents, open_regular
from runner.files.sizes import MOST_UNPACKED, require_plausible
from runner.files.zip_bounds import open_bounded, pieces
from runner.models.digest import Total, files
from runner.models.errors import Unfit, short
from runner.models.file_metadata import MOST_TEXT, WEIGHTS

# What Keras reads of a .keras file; other members are not copied.
_MEMBERS = ("metadata.json", "config.json", WEIGHTS)


@dataclass(frozen=True)
class ModelCopy:
    """Hold where a copy lies while it is there.

    Attributes:
        path: the copy, a file or a folder; its name ends as Keras expects.
        digest: identifies the bytes that were copied, as `digest` does those of a path.
    """

    path: Path
    digest: str


@contextmanager
def copied(path: Path, trust: bool) -> Iterator[ModelCopy]:
    """Copy the bytes of a model once, to a folder that others cannot enter.

    Args:
        path: an .h5 or .keras file, or a SavedModel folder.
        trust: whether a .keras file is copied with all that is in it.

    Raises:
        Unfit: it cannot be read, is too large, or is a zip file that unpacks to too much.
    """
    with tempfile.TemporaryDirectory() as name:
        try:
            made = _copy(path, Path(name), trust)
        except UnfitFile as reason:
            raise Unfit(str(reason)) from None
        except FileNotFoundError:
            raise Unfit("no such file or folder") from None
        except (OSError, RuntimeError, ValueError, zipfile.BadZipFile) as error:
            raise Unfit(f"cannot be read ({short(error)})") from None
        yield made


def _copy(path: Path, folder: Path, trust: bool) -> ModelCopy:
    total, copy = Total(), folder / "copied"
    if path.is_dir():
        copy.mkdir()
    for file in files(path):
        relative = file.relative_to(path)
        total.add(relative, _copy_bytes(file, copy / relative))
    if copy.is_dir():
        return ModelCopy(copy.rename(folder / "model"), total.digest())
    return ModelCopy(_as_keras_expects(copy, path.suffix, trust), total.digest())


def _copy_bytes(source: Path, target: Path) -> str:
    """Copy a file, and return the SHA-256 of the bytes that were copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    content = hashlib.sha256()
    with open_regular(source) as file, target.open("xb") as copy:
        if os.fstat(file.fileno()).st_size > MOST_UNPACKED:
            raise UnfitFile(f"is larger than {MOST_UNPACKED / 1e6:,.0f} MB")
        for piece in contents(file):
            content.update(piece)
            copy.write(piece)
    return content.hexdigest()


def _as_keras_expects(copy: Path, suffix: str, trust: bool) -> Path:
    named = copy.with_name(f"model{suffix}")
    # In the order in which the check tells them apart.
    if h5py.is_hdf5(copy) and not zipfile.is_zipfile(copy):
        return copy.rename(copy.with_name("model.h5"))
    if suffix != ".keras" or trust or not zipfile.is_zipfile(copy):
        return copy.rename(named)
    with (
        copy.open("rb") as file,
        open_bounded(file) as whole,
        zipfile.ZipFile(named, "w") as members,
    ):
        for name in (name for name in _MEMBERS if name in whole.namelist()):
            _unpack(whole, name, members)
    copy.unlink()
    return named


def _unpack(whole: zipfile.ZipFile, name: str, members: zipfile.ZipFile) -> None:
    found = whole.getinfo(name)
    if name == WEIGHTS:
        require_plausible(found.file_size, found.compress_size, "weights")
    with members.open(name, "w", force_zip64=True) as member:
        for piece in pieces(whole, name, MOST_UNPACKED if name == WEIGHTS else MOST_TEXT):
            member.write(piece)
