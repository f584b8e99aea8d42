"""One file for a fitted part, sealed facts: what came in comes out, and everything else is an error with a name."""

import json

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, CorruptError, DataError
from course_lib.data import stored

REMEDY = "Make it again."


@pytest.fixture
def file(tmp_path):
    about = {"width": np.int64(3), "share": np.float32(0.5), "names": ["ä", "b"], "none": None}
    return stored.save(tmp_path / "part", "thing", 7, about, {"one": b"\n\x00{}", "two": b"", "three": b"3" * 99})


def read(file, kind="thing", version=7):
    with stored.opened(file, kind, version, REMEDY) as held:
        return held


def test_what_was_saved_is_opened(file):
    about, parts = read(file)
    assert about == {"width": 3, "share": 0.5, "names": ["ä", "b"], "none": None}
    assert parts == {"one": b"\n\x00{}", "two": b"", "three": b"3" * 99}


def test_every_bit_and_every_length_counts(file):
    whole = file.read_bytes()
    for bit in range(8 * len(whole)):
        held = bytearray(whole)
        held[bit // 8] ^= 1 << bit % 8
        file.write_bytes(held)
        with pytest.raises(CorruptError, match="part .*Make it again"):
            read(file)
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(CorruptError, match="part .*Make it again"):
            read(file)
    file.write_bytes(whole + b"x")
    with pytest.raises(CorruptError, match="changed"):
        read(file)


def test_another_kind_version_or_content_is_named(file, tmp_path):
    with pytest.raises(CorruptError, match="holds a thing; expected a ranker"):
        read(file, "ranker")
    with pytest.raises(CorruptError, match="format 7 of a thing.*reads 6"):
        read(file, version=6)
    with pytest.raises(CorruptError, match="no thing that this version.*KeyError: 'absent'"), \
            stored.opened(file, "thing", 7, REMEDY) as (about, _):
        about["absent"]
    with pytest.raises(DataError, match="nowhere is missing; expected a saved thing. Make it again"):
        read(tmp_path / "nowhere")
    with pytest.raises(DataError, match="is a folder"):
        read(tmp_path)


def test_a_fact_that_json_cannot_hold_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="cannot be saved.*JSON"):
        stored.save(tmp_path / "part", "thing", 7, {"loss": len}, {})
    assert not (tmp_path / "part").exists()


def test_sealed_facts_come_back_or_are_refused_at_every_bit(tmp_path):
    content, kinds, file = {"name": "t", "files": {"a": "12"}}, {"name": str, "files": dict}, tmp_path / "facts.json"
    whole = stored.sealed(content).encode()
    for bit in range(8 * len(whole)):
        held = bytearray(whole)
        held[bit // 8] ^= 1 << bit % 8
        file.write_bytes(held)
        try:
            assert stored.unsealed(file, kinds, REMEDY) == content  # white space alone was changed
        except CorruptError as error:
            assert "facts.json" in str(error) and REMEDY in str(error)
    file.write_bytes(whole)
    assert stored.unsealed(file, kinds, REMEDY) == content


@pytest.mark.parametrize("text", ["[]", "3", "null", "", "\xff", '{"name": "t"}', '{"name": 3, "files": {}}',
                                  '{"name": "t", "files": {}, "more": 1}', "[" * 100_000])
def test_json_of_another_kind_is_refused(tmp_path, text):
    (tmp_path / "facts.json").write_text(text, encoding="latin-1")
    with pytest.raises(CorruptError, match="facts.json"):
        stored.unsealed(tmp_path / "facts.json", {"name": str, "files": dict}, REMEDY)


def test_facts_of_an_earlier_version_need_no_seal(tmp_path):
    (tmp_path / "facts.json").write_text(json.dumps({"name": "t", "files": {}}))
    assert stored.unsealed(tmp_path / "facts.json", {"name": str, "files": dict}, REMEDY)["name"] == "t"
