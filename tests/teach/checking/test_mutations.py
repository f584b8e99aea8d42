"""The mutation test itself: what is changed, what is left alone, what is accepted, and what the list may hold."""

import numpy as np
import pytest
from toys import SUMS, TOP_K, card_of

from course_lib.teach.checking import mutants
from course_lib.teach.checking.mutations import mutants_of, spread
from course_lib.teach.checking.right_answers import build, texts_of


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    """No speed ratio is measured here: it says nothing about right or wrong."""
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


@pytest.mark.parametrize(("line", "was", "now"), [
    ("return a < b", "a < b", "a <= b"), ("return a == b", "a == b", "a != b"),
    ("return a and b", "a and b", "a or b"), ("return not a", "not a", "a"),
    ("return a * b", "a * b", "a"), ("return a - b", "a - b", "b - a"), ("return a + 2", "2", "1"),
    ("return a.sum(axis=0)", "a.sum(axis=0)", "a.sum()"), ("return a.sum(axis=0)", "0", "1"),
    ("return a.any()", "a.any()", "a.all()"), ("return np.ceil(a)", "np.ceil(a)", "np.floor(a)"),
    ("return np.where(a, b, np.nan)", "np.nan", "0"), ("return a[b:]", "a[b:]", "a[b + 1:]"),
    ("return a[b]", "a[b]", "a"), ("return a[b]", "a[b]", "a[~b]"),
    ("return np.argsort(-a, kind='stable')", "np.argsort(-a, kind='stable')", "np.argsort(a, kind='stable')[::-1]"),
    ("return np.argsort(-a, kind='stable')", "np.argsort(-a, kind='stable')", "np.argsort(-a)"),
    ("return [x for x in a if x > b]", "[x for x in a if x > b]", "[x for x in a]"),
    ("a += 1; return a", "a += 1", "a -= 1"), ("a = b; return a", "a = b", "(removed)"),
    ("return np.searchsorted(a, b, side='right')", "'right'", "'left'"), ("return a + c", "c", "3"),
    ("return np.pad(a, b)", "np.pad(a, b)", "np.pad(b, a)")])
def test_the_change_is_made(line, was, now):
    found = mutants_of(f"def f(a, b, c=3):\n    {line}\n")
    assert (was, now) in {(mutant.was, mutant.now) for mutant in found}


def test_a_return_moves_into_the_loop():
    text = "def f(a):\n    s = 0\n    for x in a:\n        s = s + x\n    return s\n"
    early = [mutant for mutant in mutants_of(text) if mutant.kind == "early return"]
    assert [build(texts_of(SUMS)[0].__class__("", "f", text, {}), mutant.text)([1, 2]) for mutant in early] == [1]


TEXT = '''
@decorated
def f(a, k=10):
    """Returns 1 of 2."""
    check_shape(a=(a, "n"))
    a = np.asarray(a, float)
    if len(a) < 3:
        raise ValueError(f"{len(a)} given, {3 + 1} expected")
    for x, y in zip(a, a, strict=True):
        pass
    return a
'''


def test_messages_docstrings_and_checks_of_the_arguments_are_left_alone():
    assert [mutant for mutant in mutants_of(TEXT) if mutant.line < 9] == []
    assert {mutant.line for mutant in mutants_of(TEXT, doors=True)} > {7}
    assert not any("strict" in mutant.was and "strict" not in mutant.now and mutant.now.startswith("zip")
                   for mutant in mutants_of(TEXT))


def test_each_mutant_differs_in_its_text_and_says_where():
    found = mutants_of("def f(a):\n    b = a + 1  # one more\n    return b * 2\n")
    assert len({mutant.text for mutant in found}) == len(found) > 10
    assert {(mutant.line, mutant.at) for mutant in found} == {(2, "b = a + 1"), (3, "return b * 2")}


def test_the_limit_takes_from_every_kind_and_always_the_same():
    found = mutants_of("def f(a):\n    return " + " + ".join(f"a * {i}" for i in range(3, 30)) + " < 0\n")
    some = spread(found, 20)
    assert len(some) == 20 and some == spread(found, 20)
    assert {mutant.kind for mutant in some} == {mutant.kind for mutant in found}


def test_what_a_case_tells_apart_is_refused_and_what_none_does_is_accepted():
    held = mutants.tally(TOP_K)
    assert held.tried > 15 and held.left_out == 0
    assert [survivor.mutant.now for survivor in held.survivors if survivor.of == "reference"] == [
        "np.argsort(-scores)"]                                          # the last axis is the default


def test_a_boundary_that_no_case_stands_on_is_accepted():
    card = card_of(above_two, [(np.array([1.0, 3.0]),), (np.array([0.5, 2.5]),)])
    assert ("x > 2", "x >= 2") in {(s.mutant.was, s.mutant.now) for s in mutants.tally(card).survivors}
    card = card_of(above_two, [(np.array([1.0, 2.0, 3.0]),)])
    assert ("x > 2", "x >= 2") not in {(s.mutant.was, s.mutant.now) for s in mutants.tally(card).survivors}


def above_two(x):
    """1 where x is more than 2."""
    return np.where(x > 2, 1.0, 0.0)


def counted(x):
    """The number of values, counted down; with a sign turned it never ends."""
    left, found = len(x), 0
    while left != 0:
        left -= 1
        found += 1
    return found


def test_a_mutant_that_never_ends_is_stopped():
    held = mutants.tally(card_of(counted, [(np.arange(3.0),), (np.arange(5.0),)]))
    assert held.tried > 10 and held.seconds < 30


ENTRY = """[[mutant]]
exercise = "ann.1"
of = "{of}"
at = "return a"
was = "{was}"
now = "{was}"
reason = "{reason}"
because = "{because}"
"""
GOOD = {"of": "reference", "was": "a", "reason": "same value", "because": "for these and those reasons"}


@pytest.mark.parametrize("change", [{"reason": "it is hard"}, {"because": "so it is"}, {"was": "*"},
                                    {"was": "*", "of": "solution", "reason": "not asked"},
                                    {"of": "solution", "reason": "not asked"}])
def test_an_entry_needs_a_reason_and_a_sentence(tmp_path, change):
    (tmp_path / "ann.toml").write_text(ENTRY.format(**GOOD))
    assert len(mutants.listed(tmp_path)) == 1
    (tmp_path / "ann.toml").write_text(ENTRY.format(**GOOD | change))
    with pytest.raises(ValueError, match=r"ann\.toml"):
        mutants.listed(tmp_path)


def test_an_entry_is_found_by_its_line_and_change_and_goes_stale(tmp_path, monkeypatch):
    monkeypatch.setattr(mutants.lessons, "kept", lambda ref: "ann.1")
    held = mutants.tally(TOP_K)
    (tmp_path / "ann.toml").write_text("\n".join(
        [survivor.entry().replace("because = \"\"", "because = \"the last axis is the default\"").replace(
            " | ".join(mutants.REASONS), "same value") for survivor in held.survivors] + [ENTRY.format(**GOOD)]))
    entries = mutants.listed(tmp_path)
    assert held.survivors and mutants.unlisted(held, entries) == {}
    assert mutants.stale(held, entries) == [("ann.1", "reference", "return a", "a", "a")]


def test_a_line_of_the_reference_can_be_listed_whole():
    held = mutants.tally(TOP_K)
    whole = (*held.survivors[0].key[:3], "*", "*")
    others = [survivor for survivor in held.survivors if survivor.mutant.at != whole[2]]
    assert list(mutants.unlisted(held, {whole: {}})) == others
    assert mutants.stale(held, {whole: {}}) == []


def twice(x):
    """Two changes of one line with one key, both without effect."""
    return x + 0 * x[0] + 0 * x[1]


def test_two_mutants_of_one_key_need_an_entry_for_two():
    held = mutants.tally(card_of(twice, [(np.zeros(3) + i,) for i in (0, 0)]))
    key = next(s.key for s in held.survivors if (s.mutant.was, s.mutant.now) == ("0", "1") and s.of == "reference")
    both = {s.mutant.text for s in held.survivors if s.key == key}
    assert len(both) >= 2
    assert [s.key for s in mutants.unlisted(held, {key: {"times": 1}})].count(key) == 1
    assert key not in [s.key for s in mutants.unlisted(held, {key: {"times": len(both)}})]
    assert mutants.stale(held, {key: {"times": len(both) + 1}}) == [key]
