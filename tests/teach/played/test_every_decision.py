"""Every decision and every refereed experiment of the lessons: it plays, its rivals differ, nothing is given away."""

import re
import sys

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach import cards, decide, lessons, referee
from course_lib.teach.definitions.choice import Options
from course_lib.teach.played.playing import play_out, worth_of
from course_lib.teach.played.referee import judge_part, reading_of
from course_lib.world import feed, marketplace, policies

MAKERS = {"feed": feed, "marketplace": marketplace, "policies": policies}     # what lessons hand in, by its name
HELD = [held for lesson in cards.lessons() for held in cards.exercises_of(lesson)]
DECISIONS = [held for held in HELD if hasattr(held, "play")]
REFEREED = [held for held in HELD if hasattr(held, "lettered")]
NOT_A_CHOICE = ["no such thing", -1e12, {"no such field": 1}, object()]


def ids(held):
    return f"{held.lesson}-{held.id}"


def handed_in(held) -> dict:
    """What a lesson hands in."""
    return {name: MAKERS[name] for name in held.needs}


def forget(fn) -> int:
    """Empty every cache in the module of `fn`, so that a second call works anew; how many there were."""
    kept = [part for part in vars(sys.modules[fn.__module__]).values() if hasattr(part, "cache_clear")]
    for part in kept:
        part.cache_clear()
    return len(kept)


def test_forgetting_empties_what_a_decision_keeps():
    decision = next(held for held in DECISIONS if held.id == lessons.shown("feedback.10"))
    module = sys.modules[decision.play.__module__]
    decision.play(decision.policies["none"], decision.seeds[0])
    assert module._earned.cache_info().currsize > 0
    assert forget(decision.play) > 0 and module._earned.cache_info().currsize == 0


@pytest.mark.parametrize("held", DECISIONS, ids=ids)
def test_the_best_named_policy_is_worth_most_of_all_and_regrets_are_measured_from_it(held):
    played = play_out(held, held.policies[held.until_chosen], handed_in(held))
    worth = {name: np.mean([worth_of(held, choice, seed, handed_in(held)) for seed in held.seeds])
             for name, choice in held.policies.items()}
    assert worth[played.best] == max(worth.values())
    anew = [held.play(held.policies[played.best], seed, **handed_in(held)) for seed in held.seeds]
    assert worth[played.best] == pytest.approx(np.mean(anew)), "what is kept of a play is not what it is worth"
    for name, own in worth.items():
        assert played.worth[name].value == pytest.approx(own)
        assert played.regret[name].value == pytest.approx(max(worth.values()) - own)


@pytest.mark.parametrize("held", DECISIONS, ids=ids)
def test_at_least_two_policies_differ_beyond_noise(held):
    played = play_out(held, held.policies[held.until_chosen], handed_in(held))
    assert any(regret.low > 0 for regret in played.regret.values()), played.regret


@pytest.mark.parametrize("held", DECISIONS, ids=ids)
def test_every_option_plays_and_a_play_is_always_the_same(held):
    choices = list(held.choice.means) if isinstance(held.choice, Options) else list(held.policies.values())
    first = [held.play(choice, held.seeds[0], **handed_in(held)) for choice in choices]
    forget(held.play)
    again = [held.play(choice, held.seeds[0], **handed_in(held)) for choice in choices]
    assert np.isfinite(first).all() and first == again


@pytest.mark.parametrize("held", DECISIONS, ids=ids)
def test_what_costs_is_told_what_spoke_against_it(held):
    played = play_out(held, held.policies[held.until_chosen], handed_in(held))
    silent = [name for name, choice in held.policies.items()
              if played.regret[name].low > 0 and len(held.spoke_against(choice)) < 20]
    assert silent == []


@pytest.mark.parametrize("held", DECISIONS, ids=ids)
def test_what_is_no_choice_is_told_and_does_not_stop_the_notebook(held, capsys):
    for given in NOT_A_CHOICE:
        with pytest.raises(ArgumentError):
            held.choice.read(given)
        assert decide(held.id, given, **handed_in(held)) == held.policies[held.until_chosen]
    assert "was not played" in capsys.readouterr().out


@pytest.mark.parametrize("held", REFEREED, ids=ids)
def test_the_rigged_verdict_is_another_than_the_mended_one_and_always_the_same(held):
    given = handed_in(held)
    rigged, mended = (reading_of(held, part, given) for part in (held.rigged, held.reference))
    assert rigged.says != mended.says
    forget(held.measure)
    assert held.agrees(held.measure(held.reference, **given), mended)
    assert not held.agrees(rigged, mended)


@pytest.mark.parametrize("held", REFEREED, ids=ids)
def test_known_wrong_parts_are_told_apart(held):
    given = handed_in(held)
    readings = [reading_of(held, part, given) for part in
                (held.reference, held.rigged, *(known.wrong for known in held.wrong_mends))]
    for i, one in enumerate(readings):
        assert not any(held.agrees(one, other) for other in readings[:i])


@pytest.mark.parametrize("held", REFEREED, ids=ids)
def test_a_wrong_explanation_has_its_own_sentence_and_the_right_one_passes(held, capsys):
    given = handed_in(held)
    for letter, text in held.lettered.items():
        right = text == held.right
        back = referee(held.id, because=letter, mended=held.reference if right else ..., **given)
        out = capsys.readouterr().out
        assert back is held.reference and held.explanations[text] in out
        assert (f"Referee {held.id} · right" in out) == right
        assert (held.explanations[held.right] in out) == right


@pytest.mark.parametrize("held", REFEREED, ids=ids)
def test_a_mended_part_does_not_make_a_wrong_explanation_right(held, capsys):
    wrong = next(letter for letter, text in held.lettered.items() if text != held.right)
    referee(held.id, because=wrong, mended=held.reference, **handed_in(held))
    assert f"Referee {held.id} · right" not in capsys.readouterr().out


@pytest.mark.parametrize("held", REFEREED, ids=ids)
def test_a_part_that_changes_what_it_is_given_is_right_and_spoils_nothing(held):
    given = handed_in(held)
    before = reading_of(held, held.reference, given)

    def in_place(*args, **more):
        out = held.reference(*[arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args], **more)
        for arg in args:
            if isinstance(arg, np.ndarray) and arg.flags.writeable and arg.dtype.kind in "bif":
                arg[...] = 0
        return out
    assert judge_part(held, in_place, given).status == "right"
    assert held.agrees(held.measure(held.reference, **given), before)


def test_a_retired_card_is_found_but_no_longer_asked():
    asked = {held.id for held in cards.exercises_of("objective")}
    assert cards.card("objective.7").id not in asked and cards.card("objective.3").id in asked


def test_every_exercise_can_be_put_into_a_notebook():
    for held in HELD:
        assert held.id in cards.markdown_of(held.id) and held.title in cards.markdown_of(held.id)


@pytest.mark.parametrize("lesson", cards.lessons())
def test_every_exercise_is_asked_in_its_lesson_or_retired(lesson):
    name = lessons.name(lesson)
    text = (lessons.SOURCES / f"{lessons.number(name)}_{name}.py").read_text(encoding="utf-8")
    asked = {held.id for held in cards.exercises_of(lesson)
             if re.search(rf'(@exercise|\bdecide|\breferee)\("{re.escape(lessons.kept(held.id))}"', text)}
    assert asked == {held.id for held in cards.exercises_of(lesson)}
    every = {held.id for held in cards.cards_of(lesson)}
    retired = every - asked
    assert [ref for ref in retired if f'("{lessons.kept(ref)}"' in text] == []


@pytest.mark.parametrize("held", DECISIONS, ids=ids)
def test_before_a_choice_nothing_says_which_policy_stands_in(held):
    """It may be the best one."""
    from course_lib.teach.definitions.choice import in_words
    from course_lib.teach.played.decide import _not_chosen

    stand_in = in_words(held.policies[held.until_chosen])
    assert stand_in not in " ".join(_not_chosen(held).says)
