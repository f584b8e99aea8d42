"""The first two minutes of a failure, spoken and read."""

import pytest

from course_lib.contracts import UnknownIdError
from course_lib.teach.interviewer.first_minutes import first_minutes, script, scripts
from course_lib.teach.interviewer.propositions import flags, says
from course_lib.teach.interviewer.talk_text import Listener

GOOD = {
    "ranker_down":
        "Readers still get a page: when the ranker times out, the cached list is served, then the "
        "popular one. I look which share of requests is on the fallback, and freeze the rollout of "
        "today. The on-call of ranking is paged, because nobody else can mend it. I mark these rows "
        "in the log, so we do not train on them. And we need an alert on fallbacks, since the error "
        "rate stays flat.",
    "popularity":
        "Is the measurement right? I compare the share of showings of the top hundred with the week "
        "before. Then I count it stage by stage. The model trains on its own pages, so what is shown "
        "more is clicked more. Meanwhile I cap it, because that is quick, and explore with random "
        "slots whose propensity we log. The holdback shows whether people come back less than on the "
        "old one.",
    "cold_start":
        "I follow one new listing and see at which stage it is lost. It may not be in the index: how "
        "many minutes until a new listing is indexed? Without history it needs its text and photo. "
        "Two slots explore new listings, and we log their chance. I count the share of showings by "
        "seller. And we tell the sellers.",
}


def test_there_are_three_scripts_of_six_parts():
    assert set(scripts()) == {"ranker_down", "popularity", "cold_start"}
    assert all(len(held.parts) == 6 for held in scripts().values())


@pytest.mark.parametrize("id", GOOD)
def test_a_good_answer_in_other_words_is_heard(id):
    spoken = first_minutes(id, GOOD[id])
    assert len(spoken.heard) >= 5 and not spoken.against
    assert "parts heard" in repr(spoken) and "<details" in spoken._repr_html_()


@pytest.mark.parametrize("id", GOOD)
def test_the_reference_holds_every_part_and_read_aloud_gains_nothing(id):
    held = script(id)
    talk = Listener().hear(held.reference)
    assert [part.label for part in held.parts if not says(talk, part.ways)] == []
    assert not [flag.id for flag in flags() if flag.cost > 1 and says(talk, flag.ways)]
    assert len(first_minutes(id, held.reference).heard) <= 1


@pytest.mark.parametrize("id", GOOD)
def test_talk_without_a_plan_is_not(id):
    vague = "We have a great team and state of the art monitoring. We would look into it and restart what is needed."
    assert len(first_minutes(id, vague).heard) <= 1
    salad = "Fallback, cache, freeze, holdback, propensity, random slots, alert, owner, which stage, by seller."
    assert len(first_minutes(id, salad).heard) <= 1


def test_what_is_wrong_is_said():
    spoken = first_minutes("ranker_down", "When the ranker is down, people get an error page so that they notice.")
    assert spoken.against and "what a person sees" in " ".join(spoken.missing)


def test_nothing_said_asks_the_question_and_another_script_is_refused():
    for said in (..., "", "  "):
        assert first_minutes("popularity", said).notice.status == "todo"
    with pytest.raises(UnknownIdError, match="cold_start"):
        first_minutes("fire")
