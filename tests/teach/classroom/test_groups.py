"""Wrong answers that no card names: grouped by what they do, with a key that stays, and the instructor's sentence."""

import made_class
import pytest

from course_lib.contracts import DataError
from course_lib.teach import cards
from course_lib.teach.checking.case_runs import collect
from course_lib.teach.classroom import page as classpage
from course_lib.teach.classroom.answer_replay import recorded
from course_lib.teach.classroom.class_mistakes import sentences_of
from course_lib.teach.classroom.gradebook import gradebook
from course_lib.teach.classroom.groups import groups_of, say
from course_lib.teach.classroom.page_html import page
from course_lib.teach.classroom.wrong_outcomes import Outcomes, key_of

CARD = cards.card("1.1")
ODD = "return np.bincount(row, amount, n_requests) * 3.25 + 1.5"
WRONG = {
    "ann": ODD, "bob": "out = [1.5] * n_requests\nfor r, a in zip(row, amount):\n    out[r] += 3.25 * a\nreturn out",
    "cem": "return (1 + 1e-12) * np.bincount(row, amount, n_requests) * 3.25 + 1.5",
    "dan": "return np.bincount(row, amount, n_requests) * 3.5 + 1.5", "eve": "return amount[10**6]",
    "fay": "return -np.bincount(row, amount, n_requests)", "gus": made_class.RIGHT,
    "<img src=x>": "return np.bincount(row, amount, n_requests) * 3.5 + 1.5  # </pre><script>alert(1)</script>",
}
SAYS = 'It says "<b>why</b>".'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("groups")
    for name, body in WRONG.items():
        (folder / name).mkdir()
        (folder / name / "a.ipynb").write_text(made_class.answer(body))
    return folder


@pytest.fixture(scope="module")
def runs(folder):
    """The class, compared twice: before and after the instructor wrote a sentence."""
    first = classpage.compare_class([folder], effect_seconds=0)
    key = first.groups[0].key
    entries = [("1.1", key, SAYS), ("1.1", "0000000000", "Nobody does this now.")]
    lines = [f"[[mistake]]\nexercise = '{i}'\ngroup = '{key}'\nsays = '{says}'\n" for i, key, says in entries]
    (folder / "mistakes.toml").write_text("\n".join(lines))
    return first, classpage.compare_class([folder], effect_seconds=0)


def test_answers_that_do_the_same_stand_together_the_largest_group_first(runs):
    assert [group.people for group in runs[0].groups] == [["ann", "bob", "cem"], ["<img src=x>", "dan"]]


def test_what_is_named_right_or_always_an_error_is_in_no_group(runs):
    first = runs[0]
    assert first.rows["fay", "1.1"]["known"] and first.rows["gus", "1.1"]["status"] == "right"
    grouped = {person for group in first.groups for person in group.people}
    assert not grouped & {"eve", "fay", "gus"}


def test_a_sentence_is_used_at_the_next_run_and_kept(runs, folder):
    first, second = runs
    for person in ("ann", "bob", "cem"):
        row = second.rows[person, "1.1"]
        assert row["says"] == SAYS and row["known"] and row["status"] == "wrong"
        assert first.rows[person, "1.1"]["says"] != SAYS
    assert second.rows["dan", "1.1"]["says"] == first.rows["dan", "1.1"]["says"]
    assert [one.key for one in second.unmet] == ["0000000000"]
    assert "known in this class" in gradebook(second) and SAYS in (folder / "mistakes.toml").read_text()


def test_keys_stay_over_runs(runs):
    assert [group.keys for group in runs[0].groups] == [group.keys for group in runs[1].groups]


def test_the_page_shows_who_the_code_the_first_case_and_the_lines_to_copy(runs):
    text = page(runs[0])
    assert "3× 1.1" in text and "ann, bob, cem" in text and f"group = &quot;{runs[0].groups[0].key}&quot;" in text
    assert "3.25 + 1.5" in text and CARD.by_hand[0].name.replace("'", "&#x27;") in text
    assert "<img" not in text and "<script" not in text


def test_a_sentence_is_escaped(runs):
    text = page(runs[1])
    assert "&lt;b&gt;why&lt;/b&gt;" in text and "<b>why" not in text and "met by no answer here" in text


def test_mistakes_toml_is_no_students_file(runs):
    assert runs[1].reading.people == sorted(WRONG) and runs[1].reading.problems == []


def key(fn):
    return key_of(CARD, collect(CARD, fn, 5.0))


def right(row, amount, n):
    return CARD.reference(row, amount, n)


def test_a_key_is_blind_to_rounding_and_containers_and_sees_the_fourth_digit():
    here = key(lambda *a: right(*a) * 1.37 + 0.1)
    assert here == key(lambda *a: right(*a) * 1.37 * (1 + 1e-14) + 0.1)
    assert here == key(lambda *a: list(right(*a) * 1.37 + 0.1))
    assert here != key(lambda *a: right(*a) * 1.3705 + 0.1)
    assert key(lambda *a: right(*a) * 3) == key(lambda *a: (right(*a) * 3.0000000000001))
    assert key(lambda *a: {"a": 1, "b": 2}) == key(lambda *a: {"b": 2.0, "a": 1.0}) != key(lambda *a: {"a": 1})


def test_close_values_whose_keys_differ_are_one_group():
    held = Outcomes()

    def acts(factor):
        return held.of(CARD, recorded(CARD, lambda *a: right(*a) * factor, 2.0))
    several = [acts(1.37 * (1 + step * 4e-7)) for step in range(20)]
    assert len({one["like"] for one in several}) == 1 < len({one["key"] for one in several})
    assert acts(1.38)["like"] != several[0]["like"]
    rows = {(f"p{n}", "1.1"): {"acts": one, "text": ""} for n, one in enumerate(several)}
    (group,) = groups_of(rows, [who for who, _ in rows], str)
    assert group.keys == {one["key"] for one in several} and len(group.people) == 20


def test_too_many_kinds_are_told_apart_by_their_keys_alone():
    held = Outcomes()
    told = [held.of(CARD, recorded(CARD, lambda *a, n=n: right(*a) + n, 2.0)) for n in range(1, 71)]
    assert len({one["key"] for one in told}) == 70 and len(held.firsts["1.1"]) == 60


def test_right_values_have_no_group():
    assert Outcomes().of(CARD, recorded(CARD, CARD.reference, 2.0)) is None
    assert Outcomes().of(CARD, recorded(CARD, lambda *a: 1 / 0, 2.0)) is None
    assert Outcomes().of(CARD, recorded(CARD, lambda *a: 1, 2.0)[:-1]) is None


GOOD = '[[mistake]]\nexercise = "1.1"\ngroup = "ab"\nsays = "Why."\n'
MALFORMED = {
    "no quotes": (GOOD + '[[mistake]]\nexercise = "1.1"\ngroup = ab\n', "line 7.*quotation marks"),
    "an open text": (GOOD + '[[mistake]]\nsays = "never ends\n', "line 6.*quotation marks"),
    "a number for an exercise": (GOOD.replace('"1.1"', "1.1"), r'line 1: exercise is 1.1; .*exercise = "…"'),
    "no sentence": (GOOD + '\n[[mistake]]\nexercise = "1.1"\ngroup = "cd"\n', "line 6: says is missing"),
    "an empty sentence": (GOOD.replace("Why.", " "), "line 1: says is ' '"),
    "a slip of the pen": (GOOD + "why = 'x'\n", "line 1: 'why' is unknown.*exercise, group, says, name"),
    "one bracket": (GOOD.replace("[[mistake]]", "[mistake]"), r"line 1.*Write \[\[mistake\]\]"),
    "another table": (GOOD + "[[mistakes]]\n", r"line 5: 'mistakes' is unknown.*\[\[mistake\]\]"),
    "nothing above": ('exercise = "1.1"\n', r"line 1: 'exercise' is unknown here. Put \[\[mistake\]\]"),
    "a list of numbers": ("mistake = [1]\n", "line 1: an entry is a int"),
    "twice": (GOOD + GOOD, r"line 5: group ab of exercise 1.1 has a sentence already .*line 1.*Remove one"),
    "deep": ("a = " + "[" * 100_000, "line 1"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_told_with_line_and_remedy(tmp_path, name):
    text, says = MALFORMED[name]
    (tmp_path / "mistakes.toml").write_text(text)
    with pytest.raises(DataError, match=rf"(?s)mistakes.toml, {says}"):
        sentences_of([tmp_path])


def test_a_file_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "mistakes.toml"
    path.write_bytes(GOOD.encode() + b"# caf\xe9\n")
    with pytest.raises(DataError, match="line 5: a sign that is not UTF-8"):
        sentences_of([tmp_path])
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataError, match="link is not followed"):
        sentences_of([tmp_path])
    path.unlink()
    path.mkdir()
    with pytest.raises(DataError, match="put the file itself there"):
        sentences_of([tmp_path])


def test_the_command_stops_at_a_malformed_file(tmp_path, capsys):
    (tmp_path / "ann.ipynb").write_text(made_class.answer(made_class.RIGHT))
    (tmp_path / "mistakes.toml").write_text("[[mistake]]\n")
    assert classpage.main([str(tmp_path), "-o", str(tmp_path / "page.html")]) == 1
    assert "exercise is missing" in capsys.readouterr().err and not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("text", [GOOD, "\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), GOOD.replace('"1.1"', '"01.1"')])
def test_a_good_file_is_read(tmp_path, text):
    (tmp_path / "mistakes.toml").write_bytes(text.encode())
    (held,) = sentences_of([tmp_path])
    assert (held.key, held.says) == ("ab", "Why.")


def test_a_sentence_for_another_exercise_is_not_used():
    rows = {("ann", "1.1"): {"acts": {"key": "ab", "like": "ab"}, "text": "", "says": "before"}}
    (sentence,) = [one for one in [type("S", (), {"card_id": "1.2", "key": "ab", "says": "x", "name": ""})()]]
    assert say(groups_of(rows, ["ann"], str), [sentence], rows) == [sentence]
    assert rows["ann", "1.1"]["says"] == "before"
