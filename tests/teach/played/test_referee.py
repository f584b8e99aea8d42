"""referee: an explanation is judged in its own sentence, a mended part by the verdict that it brings about."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach import progress, referee
from course_lib.teach.checking.texts import source

pytestmark = pytest.mark.usefixtures("toys")


def letter_of(toys, text):
    return next(letter for letter, held in toys.REFEREED.lettered.items() if held == text)


def said(capsys, **answer):
    """(what comes back, what is shown)."""
    back = referee("1.99", **answer)
    return back, capsys.readouterr().out


def sound(values):
    return list(values)


def stub(values):
    raise NotImplementedError


def test_an_untouched_exercise_shows_what_was_published_and_no_more(toys, capsys):
    for mended in (..., None, stub):
        back, out = said(capsys, mended=mended)
        assert back is toys.REFEREED.reference and "not attempted" in out
        assert "as published: more" in out and "with your part" not in out and "cannot be said" not in out
    assert {event["status"] for event in progress.events("attempt")} == {"todo"}


def test_both_right_and_the_two_verdicts_stand_side_by_side(toys, capsys):
    for because in (letter_of(toys, toys.REFEREED.right), f"{letter_of(toys, toys.REFEREED.right).upper()})",
                    toys.REFEREED.right):
        back, out = said(capsys, because=because, mended=sound)
        assert back is sound and "Referee 1.99 · right" in out
        assert out.index("as published: more") < out.index("with your part: cannot be said")
        assert "Count everything." in out


def test_every_wrong_explanation_has_its_sentence_and_gives_nothing_away(toys, capsys):
    for text, says in toys.REFEREED.explanations.items():
        if text != toys.REFEREED.right:
            _, out = said(capsys, because=letter_of(toys, text))
            assert says in out and toys.REFEREED.explanations[toys.REFEREED.right] not in out
            assert toys.REFEREED.right not in out
            assert progress.events("attempt")[-1]["detail"]["mistake"] == text


def test_a_known_wrong_part_is_named_and_an_unknown_one_told(capsys):
    assert "What is 0 counts as well." in said(capsys, mended=lambda values: values[values != 0])[1]
    assert "still those that were published" in said(capsys, mended=lambda values: values[values > 0])[1]
    assert "not into a sound one" in said(capsys, mended=lambda values: values - 5)[1]


def test_a_part_that_raises_or_is_none_is_told_and_gives_way(toys, capsys):
    back, out = said(capsys, mended=lambda values: values.nothing)
    assert back is toys.REFEREED.reference and "AttributeError" in out
    assert "expected a function" in said(capsys, mended=3)[1]
    assert "NaN" in said(capsys, mended=lambda values: values * np.nan)[1]


def test_a_part_that_never_ends_is_stopped(toys, capsys, monkeypatch):
    quick = replace(toys.REFEREED, id="objective.99", seconds=0.2)
    monkeypatch.setattr(sys.modules[referee.__module__], "find_refereed", {"1.99": quick}.__getitem__)

    def endless(values):
        while True:
            pass
    assert "stopped" in said(capsys, mended=endless)[1]


def test_an_explanation_that_is_none_of_them_names_the_letters(capsys):
    for because in ("z", 3, "the unit"):
        assert "one of the letters a, b, c" in said(capsys, because=because)[1]


def test_an_explanation_without_a_text_of_its_own_is_told_by_its_type(capsys):
    class Silent:
        def __repr__(self):
            raise RuntimeError("no text")

    assert "a Silent" in said(capsys, because=Silent())[1]


def test_letters_are_shuffled_and_always_the_same(toys):
    lettered = toys.REFEREED.lettered
    assert list(lettered) == ["a", "b", "c"] and lettered == toys.REFEREED.lettered
    assert set(lettered.values()) == set(toys.REFEREED.explanations)
    assert all(f"**{letter})** {text}" in toys.REFEREED.markdown() for letter, text in lettered.items())


def test_what_the_learner_wrote_is_escaped(monkeypatch):
    pages = []
    monkeypatch.setattr(sys.modules[referee.__module__], "show", lambda notice: pages.append(notice._repr_html_()))
    referee("1.99", because="<script>alert(1)</script>", mended=sound)
    assert "<script>" not in pages[0] and "&lt;script&gt;" in pages[0]


def test_the_learners_text_is_kept_with_the_attempt():
    referee("1.99", mended=sound)
    held = progress.events("attempt")[-1]["detail"]
    assert held["source"] == source(sound) and held["mended"] == "right"


def test_progress_lists_it(capsys):
    said(capsys, because="z", mended=sound)
    assert "1.99" in progress.report()


@pytest.mark.parametrize("change", [
    {"right": "something else"}, {"explanations": {"one": "Long enough to say.", "two": "Long enough to say it."}},
    {"explanations": {"Values below 0 were dropped.": "The same sentence.", "b": "The same sentence.", "c": "x" * 20}},
    {"wrong_mends": []}, {"seconds": 0}, {"difficulty": 6},
])
def test_an_experiment_that_would_let_a_learner_down_is_refused(toys, change):
    with pytest.raises(ArgumentError, match="1.99"):
        replace(toys.REFEREED, **{"id": "objective.99", **change})
