"""Files of many dialects are one table; lines that do not fit are named by their numbers."""

import gzip

import pandas as pd
import pytest

from course_lib.contracts import DataError
from course_lib.trial.table_file import SAMPLE, read_table

TEXT = "who,what,title\na,1,mug\nb,2,tea\n"


def written(folder, text, name="mine.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_encoding_and_line_ends_are_found_out(tmp_path, mark, encoding, end):
    path = written(tmp_path, TEXT.replace(",", mark).replace("\n", end), encoding=encoding)
    table, notes = read_table(path)
    assert table.to_dict("list") == {"who": ["a", "b"], "what": ["1", "2"], "title": ["mug", "tea"]} and notes == []
    assert table.index.tolist() == [2, 3] and table.index.name == "line"


def test_text_of_windows_is_read_as_such_and_that_is_said(tmp_path):
    table, notes = read_table(written(tmp_path, "who,what\nJosé,café\n", encoding="cp1252"))
    assert table.iloc[0].tolist() == ["José", "café"] and "Windows-1252" in notes[0]


def test_zipped_and_parquet_files_and_chosen_columns(tmp_path):
    packed = written(tmp_path, gzip.compress(TEXT.encode()), "mine.csv.gz")
    assert read_table(packed, ["what"])[0].to_dict("list") == {"what": ["1", "2"]}
    pd.DataFrame({"who": [1], "what": [2]}).to_parquet(tmp_path / "mine.parquet")
    assert read_table(tmp_path / "mine.parquet", ["what"])[0].to_dict("list") == {"what": [2]}


def test_quoted_text_may_hold_delimiters_and_lines_and_a_stray_quote_costs_its_line_alone(tmp_path):
    text = 'who,what\n"a, b","1\n2"\nc,3\nd,"4\n' + "".join(f"e{n},{n}\n" for n in range(100))
    table, notes = read_table(written(tmp_path, text))
    assert table.iloc[0].tolist() == ["a, b", "1\n2"] and len(table) == 102
    assert notes == ["1 line with a quote that nothing closes: left out (first: 5)."]


def test_lines_that_do_not_fit_are_counted_and_named(tmp_path):
    text = b"who,what\na,1\nb\n\nc,2,3\nd,\xff\n\xc3\xa9,5\n"
    table, notes = read_table(written(tmp_path, text))
    assert table["what"].tolist() == ["1", "5"]
    assert notes == ["2 lines with another number of fields than the 2 of the first line: left out (first: 3, 5).",
                     "1 line with characters that are no utf-8: left out (first: 6)."]


@pytest.mark.parametrize(("name", "content", "says"), [
    ("none.csv", None, "is not there"), ("empty.csv", "", "is empty"), ("head.csv", "who,what\n", "no row that fits"),
    ("mine.xlsx", "PK", "is a .xlsx file; expected CSV"), ("mine.csv", b"PK\x03\x04\0\0", "is no text"),
    ("mine.parquet", "who", "no whole Parquet file"), ("mine.csv.gz", "who", "cannot be read"),
    ("mine.csv", "Who,x\na,1\n", "no column 'who'; it has Who, x. Did you mean 'Who'"),
    ("mine.csv", "who,who\na,1\n", "2 columns 'who'")])
def test_what_cannot_be_read_is_one_sentence_with_the_remedy(tmp_path, name, content, says):
    path = tmp_path / name if content is None else written(tmp_path, content, name)
    with pytest.raises(DataError, match=says):
        read_table(path, ["who"])
    with pytest.raises(DataError, match="is a folder"):
        read_table(tmp_path)


def test_spaces_around_what_stands_in_a_row_are_no_part_of_it(tmp_path):
    table, notes = read_table(written(tmp_path, 'who, what, title\n a , 1,  "a, b"\nb,2 , tea\n'))
    assert table.to_dict("list") == {"who": ["a", "b"], "what": ["1", "2"], "title": ["a, b", "tea"]} and notes == []


def test_what_is_no_utf8_is_found_out_behind_a_long_plain_beginning(tmp_path):
    plain = "who,what\n" + "anna,1\n" * (SAMPLE // 7 + 10)
    for encoding, words in (("cp1252", ["Windows-1252"]), ("utf-8", [])):
        table, notes = read_table(written(tmp_path, plain + "José,2\n", encoding=encoding))
        assert table["who"].iloc[-1] == "José" and len(notes) == len(words)
        assert all(word in notes[0] for word in words)


def test_large_ids_of_parquet_keep_every_digit_where_some_are_missing(tmp_path):
    pd.DataFrame({"who": pd.array([2**60 + 1, None, 2**60 + 2], "Int64"), "what": [1, 2, 3]}).to_parquet(
        tmp_path / "mine.parquet")
    table, _ = read_table(tmp_path / "mine.parquet")
    assert table["who"].dropna().tolist() == [2**60 + 1, 2**60 + 2]
