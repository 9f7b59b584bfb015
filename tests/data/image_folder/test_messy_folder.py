"""A folder as a colleague sends it: every format, cameras' notes, and much that is no image."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from runner.data import dataset
from runner.data.split import Split
from runner.settings import DatasetSettings
from tests.helpers.hostile.special_files import make_special

pytestmark = pytest.mark.usefixtures("decoding_here")

SIZE = (13, 17)
_ORIENTATION = 0x0112


def _image(number: int) -> Image.Image:
    """Draw an image, of which no two are equal, larger than it is to become."""
    draw = np.random.default_rng(number)
    coarse = draw.integers(0, 256, (5, 4, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((26 + number, 30), Image.Resampling.BICUBIC)


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    return exif


def _write_formats(folder: Path, first: int) -> list[Path]:
    """Write an image in every format and of every kind of pixels."""
    folder.mkdir(parents=True)
    drawn = [_image(first + number) for number in range(16)]
    saved = {
        "a.PNG": drawn[0],
        "alpha.png": drawn[1].convert("RGBA"),
        "palette.png": drawn[2].convert("P"),
        "gray.png": drawn[3].convert("L"),
        "two.png": drawn[4].convert("1"),
        "b.jpg": drawn[5],
        "inks.jpeg": drawn[6].convert("CMYK"),
        "c.JFIF": drawn[7],
        "d.webp": drawn[8],
        "e.tif": drawn[9],
        "f.tiff": drawn[10].convert("L"),
        "g.gif": drawn[11],
        "h.bmp": drawn[12],
    }
    for name, image in saved.items():
        image.save(folder / name, "JPEG" if name.endswith("JFIF") else None)
    # What a phone calls .jpg may be another format.
    drawn[13].save(folder / "really_webp.jpg", "WEBP")
    for orientation in range(2, 9):
        drawn[14].save(folder / f"turned{orientation}.jpg", exif=_exif(orientation))
        drawn[15].save(folder / f"turned{orientation}.webp", exif=_exif(orientation), lossless=True)
    return sorted(path for path in folder.iterdir())


def _pillow(path: Path, way: str) -> np.ndarray:
    """Read an image as people do with Pillow, at the wanted size."""
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    if way == "same":
        return np.asarray(image)
    resize = {"crop": ImageOps.fit, "pad": ImageOps.pad}[way]
    return np.asarray(resize(image, SIZE[::-1], Image.Resampling.BILINEAR))


def _pixels(split: Split) -> set[bytes]:
    return {np.rint(image * 255).astype(np.uint8).tobytes() for image in split.images[:]}


def _load(folder: Path, cache: Path, **settings: object) -> dataset.Dataset:
    values = {"name": "image_folder", "path": folder, "image_size": SIZE, **settings}
    return dataset.load(DatasetSettings.model_validate(values), cache)


def _splits(root: Path) -> dict[str, list[Path]]:
    """Write folders for all three parts, each with two classes."""
    parts = ("train", "val", "test")
    return {
        part: [
            path
            for number, name in enumerate(("cat", "dog"))
            for path in _write_formats(root / part / name, 20 * (2 * at + number))
        ]
        for at, part in enumerate(parts)
    }


def _add_what_is_no_image(root: Path, outside: Path) -> None:
    outside.mkdir()
    _image(0).save(outside / "other.png")
    (root / "__MACOSX" / "train").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "notes.txt").write_text("a note")
    (root / "train" / "Thumbs.db").write_text("small images")
    cat = root / "train" / "cat"
    for name in (".DS_Store", "._a.PNG", "a.xmp", "list", "desktop.ini"):
        (cat / name).write_text("no image")
    (cat / ".thumbnails").mkdir()
    make_special("pipe", cat / "pipe.jpg")
    make_special("socket", cat / "socket.png")
    make_special("link to zeros", cat / "zeros.jpg")
    (cat / "link.png").symlink_to(outside / "other.png")
    (cat / "nowhere.png").symlink_to("nowhere")
    (cat / "more").symlink_to(outside)
    (root / "train" / "linked_class").symlink_to(outside)


@pytest.mark.parametrize("way", ["crop", "pad"])
def test_a_messy_folder_is_read_as_pillow_reads_it(
    tmp_path: Path, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    root = tmp_path / "animals"
    written = _splits(root)
    _add_what_is_no_image(root, tmp_path / "outside")
    loaded = _load(root, tmp_path / "cache", resize=way)
    for split, part in ((loaded.train, "train"), (loaded.validation, "val"), (loaded.test, "test")):
        assert np.bincount(split.labels).tolist() == [28, 28]
        assert _pixels(split) == {_pillow(path, way).tobytes() for path in written[part]}
    line = (
        f"{root}: 168 images of 2 classes (train 56, validation 56, test 56); ignored: hidden (7), "
        "link out of the folder (4), .txt (1), .xmp (1), broken link (1), pipe (1), socket (1), "
        "without ending (1)"
    )
    assert [record.getMessage() for record in caplog.records] == [line]


def test_images_of_the_wanted_size_are_taken_pixel_by_pixel(tmp_path: Path) -> None:
    for number, name in enumerate(("cat", "dog")):
        (tmp_path / "animals" / name).mkdir(parents=True)
        for at in range(5):
            path = tmp_path / "animals" / name / f"{at}.jpg"
            _image(10 * number + at).resize(SIZE[::-1]).save(path)
    loaded = _load(tmp_path / "animals", tmp_path / "cache")
    found = set().union(*map(_pixels, (loaded.train, loaded.validation, loaded.test)))
    files = (tmp_path / "animals").rglob("*.jpg")
    assert found == {_pillow(path, "same").tobytes() for path in files}


def test_what_has_no_folder_of_its_own_is_split_off(tmp_path: Path) -> None:
    root = tmp_path / "animals"
    for at, part in enumerate(("Train", "valid")):
        for name in ("cat", "dog"):
            (root / part / name).mkdir(parents=True)
            for number in range(10):
                shade = (100 * at + number, 7, 7)
                Image.new("RGB", (4, 4), shade).save(root / part / name / f"{number}.png")
    loaded = _load(root, tmp_path / "cache", test_share=0.3, validation_share=0.5)
    sizes = [np.bincount(part.labels) for part in (loaded.train, loaded.validation, loaded.test)]
    assert [size.tolist() for size in sizes] == [[7, 7], [10, 10], [3, 3]]
    assert loaded.validation.images[:].min(axis=(1, 2))[:, 0].min() >= np.float32(100 / 255)


def test_sixteen_bits_keep_their_upper_eight(tmp_path: Path) -> None:
    values = np.arange(0, 65536, 1024, dtype=np.uint16).reshape(8, 8)
    for name in ("cat", "dog"):
        (tmp_path / "animals" / name).mkdir(parents=True)
        for at, suffix in enumerate(("png", "tif")):
            Image.fromarray(values + at).save(tmp_path / "animals" / name / f"{at}.{suffix}")
    loaded = _load(tmp_path / "animals", tmp_path / "cache", image_size=(8, 8), color="grayscale",
                   validation_share=0.5)  # fmt: skip
    for split in (loaded.train, loaded.test):
        pixels = np.rint(split.images[:] * 255).astype(np.uint16)
        # The weights of the colours add up to a little less than 1.
        assert np.abs(pixels[0, ..., 0].astype(int) - (values >> 8)).max() <= 1


def test_no_image_is_read_twice_or_missed(tmp_path: Path) -> None:
    """A name may hold any byte that the system allows."""
    names: Sequence[bytes] = (b"a\xff.png", b"line\nbreak.png", "é.png".encode())
    for folder in ("cat", "dog"):
        (tmp_path / "animals" / folder).mkdir(parents=True)
        for number, name in enumerate(names):
            path = os.path.join(os.fsencode(tmp_path / "animals" / folder), name)  # noqa: PTH118
            Image.new("RGB", (4, 4), (number, 0, 0)).save(os.fsdecode(path), "PNG")
    loaded = _load(tmp_path / "animals", tmp_path / "cache", validation_share=0.5)
    splits = (loaded.train, loaded.validation, loaded.test)
    assert sum(len(split.labels) for split in splits) == 6
