"""Plant files in place of a cached baseline, with a hash that fits."""

import hashlib
import json
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]

from runner.backend import keras


def rehash(folder: Path, history: Any = None) -> None:
    """Write the record anew, as whoever changes a model can do too."""
    record = json.loads((folder / "record.json").read_text())
    history = record["history"] if history is None else history
    digest = hashlib.sha256((folder / "model.h5").read_bytes())
    digest.update(json.dumps(history, sort_keys=True).encode())
    text = json.dumps({"sha256": digest.hexdigest(), "history": history})
    (folder / "record.json").write_text(text)


def plant_lambda(folder: Path, marker: Path) -> None:
    """Put a layer that writes a marker file into the configuration; the weights stay."""
    path = str(marker)
    image = keras.layers.Input((8, 8, 1))
    payload = keras.layers.Lambda(lambda x: (__import__("pathlib").Path(path).touch(), x)[1])
    model = keras.Model(image, payload(image))
    marker.unlink()
    with h5py.File(folder / "model.h5", "r+") as file:
        config = {"class_name": "Functional", "config": model.get_config()}
        file.attrs["model_config"] = json.dumps(config, default=str)
    rehash(folder)


def plant_external_storage(folder: Path, secret: Path) -> None:
    """Let the first weight be read from another file of the machine."""
    with h5py.File(folder / "model.h5", "r+") as file:
        name = first_weight(file)
        shape, kind = file[name].shape, file[name].dtype
        secret.write_bytes(b"\0" * file[name].nbytes)
        del file[name]
        external = [(str(secret), 0, secret.stat().st_size)]
        file.create_dataset(name, shape, kind, external=external)
    rehash(folder)


def plant_link(folder: Path, other: Path) -> None:
    """Let the first weight lie in another h5 file."""
    with h5py.File(folder / "model.h5", "r+") as file, h5py.File(other, "w") as beside:
        name = first_weight(file)
        beside["weight"] = file[name][()]
        del file[name]
        file[name] = h5py.ExternalLink(str(other), "weight")
    rehash(folder)


def plant_huge_weight(folder: Path) -> None:
    """Let the first weight declare more values than any machine holds."""
    with h5py.File(folder / "model.h5", "r+") as file:
        name = first_weight(file)
        del file[name]
        file.create_dataset(name, (10**6, 10**6), "f4", chunks=(1024, 1024), compression="gzip")
    rehash(folder)


def first_weight(file: Any) -> str:
    """Name the first data set below the weights."""
    names: list[str] = []
    file.visititems(lambda name, item: names.append(name) if hasattr(item, "dtype") else None)
    return names[0]
