"""Write numbers of images, bytes and shares in the words of what is said of a choice."""

import math

from runner.results.candidate import Candidate
from runner.results.file import File
from runner.settings.devices import Device


def rounded(images: int) -> int:
    """Round up to two digits: more would claim that the proportions were known exactly."""
    step = int(10 ** max(len(str(images)) - 2, 0))
    return math.ceil(images / step) * step


def images_words(candidate: Candidate, split: str = "") -> str:
    """Count the images of a split; without its name, those of validation."""
    number = number_of_images(candidate, split)
    counted = "the" if number is None else f"{number:,}"
    return " ".join(filter(None, (counted, split, "image" if number == 1 else "images")))


def number_of_images(candidate: Candidate, split: str) -> int | None:
    """Count the images of a split, those of validation unless it is `test`; None: not known."""
    pairs, images, of_test = candidate.file.pairs, candidate.file.images, split == "test"
    if pairs:
        return len((pairs.test if of_test else pairs.validation)[0])
    return images[of_test] if images else None


def bytes_words(file: File) -> str:
    """Write the bytes that count on the device."""
    there = "bytes zipped" if file.device is Device.PHONE else "bytes of flash"
    return f"{file.size:,.0f} {there}"


def percent_words(confidence: float) -> str:
    """Write a confidence, from 0 to 1, in percent."""
    return f"{confidence * 100:g} %"


def share_words(part: int, whole: int) -> str:
    """Write a share in whole percent; what is not quite all does not become all by rounding."""
    percent = round(part * 100 / whole)
    if percent == 100 and part < whole:
        return "over 99 %"
    return "under 1 %" if part and not percent else f"{percent} %"
