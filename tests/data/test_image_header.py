import io

import pytest
from PIL import Image

from runner.data import image_header


@pytest.mark.parametrize("form", ["PNG", "GIF", "BMP", "JPEG"])
def test_the_size_of_each_kind_of_image_is_read_from_its_beginning(form: str) -> None:
    file = io.BytesIO()
    Image.new("L", (300, 20)).save(file, form)
    file.seek(0)
    assert image_header.size(file) == (300, 20)


def test_segments_before_the_size_of_a_jpeg_are_skipped() -> None:
    file = io.BytesIO()
    Image.new("RGB", (30, 20)).save(file, "JPEG", progressive=True, comment=b"x" * 60_000)
    file.seek(0)
    assert image_header.size(file) == (30, 20)


def test_bytes_between_segments_are_skipped_as_they_are_where_images_are_decoded() -> None:
    file = io.BytesIO()
    Image.new("RGB", (30, 20)).save(file, "JPEG")
    content = file.getvalue()
    # After the first segment, which follows two bytes.
    end = 4 + int.from_bytes(content[4:6], "big")
    assert image_header.size(io.BytesIO(content[:end] + b"\x00" + content[end:])) == (30, 20)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"BM", b"\xff\xd8\xff", b"text"])
def test_what_is_cut_short_or_no_image_has_no_size(content: bytes) -> None:
    assert image_header.size(io.BytesIO(content)) is None


def test_a_jpeg_of_segments_without_end_has_no_size() -> None:
    assert image_header.size(io.BytesIO(b"\xff\xd8" + b"\xff\xfe\x00\x02" * 20_000)) is None
