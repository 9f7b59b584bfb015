"""The table of images that files classify right comes back as it was, or not at all."""

import numpy as np
import pytest

from runner.measure.correct_table import Correct, correct_csv, read_correct
from runner.settings.targets import Target

DATA = "0123456789abcdef"


def _file(validation: int, test: int, seed: int = 0, data: str = DATA) -> Correct:
    random = np.random.default_rng(seed)
    return Correct(data, random.random(validation) < 0.8, random.random(test) < 0.8)


def _equal(one: Correct, other: Correct) -> bool:
    same = one.is_of_images_of(other)
    return same and bool(np.all(one.validation == other.validation)) and _same_test(one, other)


def _same_test(one: Correct, other: Correct) -> bool:
    return bool(np.all(one.test == other.test))


@pytest.mark.parametrize("images", [1, 2, 7, 8, 9, 144, 10_000, 1_000_000])
@pytest.mark.parametrize("share", [0.0, 0.8, 1.0])
def test_what_was_written_is_read(images: int, share: float) -> None:
    random = np.random.default_rng(images)
    file = Correct(DATA, random.random(images) < share, random.random(images) < share)
    found = read_correct(correct_csv({Target.H5: file}))
    assert list(found) == [Target.H5]
    assert _equal(found[Target.H5], file)
    assert found[Target.H5].test.dtype == np.bool_


def test_bits_that_begin_a_formula_are_read() -> None:
    # The base64 of these bits begins with a plus.
    bits = np.unpackbits(np.array([0b11111000], np.uint8)).astype(np.bool_)
    text = correct_csv({Target.H5: Correct(DATA, bits, bits)})
    assert ",'+" in text
    assert _equal(read_correct(text)[Target.H5], Correct(DATA, bits, bits))


def test_a_run_without_the_table_has_nothing() -> None:
    assert read_correct("") == {}
    assert read_correct("\n\n") == {}
    assert read_correct(correct_csv({})) == {}


def test_lines_of_other_targets_are_kept() -> None:
    earlier = correct_csv({Target.H5: _file(9, 7), Target.TFLITE_INT8: _file(9, 7, 1)})
    text = correct_csv({Target.TFLITE_INT8: _file(9, 7, 2)}, earlier)
    found = read_correct(text)
    assert list(found) == [Target.H5, Target.TFLITE_INT8]
    assert _equal(found[Target.H5], _file(9, 7))
    assert _equal(found[Target.TFLITE_INT8], _file(9, 7, 2))
    assert text.count("\n") == 5


def test_files_of_other_images_are_not_compared() -> None:
    file = _file(9, 7)
    assert file.is_of_images_of(_file(9, 7, 1))
    for other in (_file(9, 7, data="another"), _file(10, 7), _file(9, 8)):
        assert not file.is_of_images_of(other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("h5,validation", "h5,training"),
        ("h5,test", "h5,validation"),
        (",9,7,", ",9,6,"),
        (",9,7,", ",8,7,"),
        (",9,7,", ",17,7,"),
        (",9,7,", ",-9,7,"),
        (",9,7,", ",nine,7,"),
        (",9,7,", ",9,7,7,"),
        (",9,7,", ",10,8,"),
        (",9,7,", ",99999999999999999999,7,"),
        ("h5,test,16,14,0123", "h5,test,16,14,abcd"),
        (",/IA=", ",/I=="),
        (",/IA=", ",/IA"),
        (",/IA=", ",?IA="),
        (",/IA=", ",é"),
        (",/IA=", ","),
        (",/IA=", ",/IE="),
    ],
)
def test_a_damaged_line_leaves_its_target_out(old: str, new: str) -> None:
    bits = np.array([1, 1, 1, 1, 1, 1, 0, 0, 1], np.bool_)
    file = Correct(DATA, bits, np.arange(16) > 1)
    other = _file(9, 16)
    whole = correct_csv({Target.H5: file, Target.TFLITE_INT8: other})
    first, *rest = whole.splitlines(keepends=True)
    h5 = "".join(rest[:2])
    assert old in h5
    damaged = first + h5.replace(old, new, 1) + "".join(rest[2:])
    found = read_correct(damaged)
    assert list(found) == [Target.TFLITE_INT8]
    assert _equal(found[Target.TFLITE_INT8], other)
    assert _equal(read_correct(correct_csv({Target.H5: file}, damaged))[Target.H5], file)


def test_lines_that_are_there_twice_count_as_damaged() -> None:
    text = correct_csv({Target.H5: _file(9, 7)})
    assert read_correct(text + text) == {}


def test_targets_of_later_versions_are_passed_over() -> None:
    text = correct_csv({Target.H5: _file(9, 7)})
    later = "".join(text.splitlines(keepends=True)[1:]).replace("h5", "tflite_int2")
    assert list(read_correct(text + later)) == [Target.H5]


def test_another_editor_may_have_saved_it() -> None:
    text = correct_csv({Target.H5: _file(9, 7)})
    assert list(read_correct(text.replace("\n", "\r\n"))) == [Target.H5]


def test_a_table_cut_off_anywhere_is_read_as_far_as_it_is_whole() -> None:
    files = {Target.H5: _file(20, 30), Target.TFLITE_INT8: _file(20, 30, 1)}
    text = correct_csv(files)
    for end in range(len(text)):
        for target, found in read_correct(text[:end]).items():
            assert _equal(found, files[target])
