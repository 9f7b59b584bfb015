import csv
import io

import pytest

from runner.escaping.spreadsheet import csv_lines, csv_records, csv_text
from runner.escaping.terminal import encodable
from tests.helpers.nasty_names import NAMES


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("-", "'-"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("\uff1d1", "'\uff1d1"),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("a=1", "a=1"),
        ("-1", "-1"),
        ("-1e-5", "-1e-5"),
        ("+.5", "+.5"),
        ("-inf", "-inf"),
        ("nan", "nan"),
        (-1.5, "-1.5"),
        (None, ""),
        (False, "False"),
    ],
)
def test_a_text_is_no_formula_and_a_number_stays_one(value: object, cell: str) -> None:
    text = csv_text([["name", value]])
    assert next(csv.reader(io.StringIO(text, newline=""))) == ["name", cell]
    assert csv_lines(text) == [["name", "" if value is None else str(value)]]


def test_a_carriage_return_is_a_line_break() -> None:
    assert csv_text([["\r=1", "a\r\nb"]]) == '"\'\n=1","a\nb"\n'


def test_every_name_is_read_back_and_written_again_the_same() -> None:
    names = [encodable(name).replace("\r", "\n") for name in NAMES.values()]
    text = csv_text([["name", "of"], *([name, name] for name in names)])
    assert csv_lines(text)[1:] == [[name, name] for name in names]
    assert csv_text(csv_lines(text)) == text
    assert [record["of"] for record in csv_records(text)] == names
    raw = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    assert not [cell for cell in raw if cell.startswith(tuple("=+-@\t\r\n"))]


def test_what_a_spreadsheet_puts_before_a_table_is_no_name() -> None:
    assert csv_records("\ufeffname,of\r\na,b\r\n") == [{"name": "a", "of": "b"}]


def test_a_table_of_nothing_has_no_records() -> None:
    assert csv_records("") == csv_records("a,b\n") == []
