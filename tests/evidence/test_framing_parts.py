"""The framing checker reads what is meant: the same thought in other words passes, words without the thought do not."""

import math

import pytest

from course_lib.evidence.framing import frame_feed
from course_lib.evidence.framing_parts import margin_in, read_framing

RAIL = "The share who return the next day must not fall by more than one point, because people leave quietly. "
MONEY = "The business reads it in subscriptions renewed."
ACCEPTED = {
    "the plain order": "We decide which ten stories to show when somebody opens the feed. The objective is that people "
    "are still here next month. " + RAIL + MONEY,
    "retention by name": "Each visit we choose ten articles. Our goal is retention in the fourth week. Reports stay "
    "below 2 per thousand showings, since a feed of cheats is a risk to trust. Revenue from ads is what the business "
    "watches.",
    "a wish": "What we settle is which posts a reader gets to see. We want readers to come back next week, not to "
    "click more. We would stop if complaints grew by more than 5%, which would mean that titles deceive. Paid "
    "subscriptions are the business metric.",
    "so that": "We pick the videos for the home page so that members are glad they came and come back. The slowest "
    "request may not exceed 50 ms, or people give up. Income a member tells the business.",
    "a shop": "We choose which products a visitor is offered. The aim is the money we keep after returns over a year. "
    "Returned orders must not rise by more than half a percent, because each return harms trust. Net margin per "
    "customer is the business number.",
    "a shop with stock": "For every search we select twenty listings. Success means contribution margin a customer, "
    "long-term. Out-of-stock clicks stay below 1%, otherwise buyers meet empty shelves. The finance team reads gross "
    "profit.",
    "what counts": "The decision is what items fill the slots. What counts is people who are satisfied with their "
    "visit. Small creators keep at least 20% of views, to prevent a few from taking all. Advertising revenue is the "
    "business side.",
    "components last": "We decide which films to show. The objective is satisfied members who stay. Cancellations may "
    "not grow by more than a tenth, the risk being silent churn. Subscription income pays for it. Then a two-tower "
    "model narrows and a ranker orders.",
    "a proxy that is checked": "We decide which songs to show. We optimise long-term retention and train on clicks as "
    "a proxy. Skips must not rise by more than two percent, since that is a sign of boredom. Premium subscribers pay "
    "us.",
    "the reason in the next sentence": "We choose which posts appear. The goal is that users come back. Next-day "
    "returns may drop by no more than 0.5%. That protects us from a policy that tires people. Ads pay the bills.",
    "no word of guardrail": "Whenever the app opens, we pick ten stories. The purpose is loyal readers. We accept up "
    "to one percent fewer visits a week, lest we lose the habit. Revenue a reader is what the owners see.",
    "in fields": {"decision": "ten stories a visit", "objective": "people who come back next month",
                  "guardrails": [{"metric": "reports", "margin": 0.001, "risk": "people feel cheated"}],
                  "business": "subscriptions renewed"},
    "in fields, guardrails as text": {
        "decision": "which products fill the page", "objective": "money kept after returns, long-term",
        "guardrails": ["returns at most 1% higher, because they harm trust"], "business": "profit a customer"},
}
REFUSED = {
    "a proxy": ("We decide which ten stories to show. The objective is CTR. " + RAIL + MONEY, "proxy (CTR)"),
    "clicks": ("We decide which stories to show. We maximise clicks per session. " + RAIL + MONEY, "proxy (clicks)"),
    "engagement": ("We choose ten posts. The goal is engagement. " + RAIL + MONEY, "proxy (engagement)"),
    "turnover": ("We choose which products to show. The aim is GMV. " + RAIL + MONEY, "proxy (GMV)"),
    "not retention but clicks": ("We choose ten posts. The goal is clicks rather than retention. " + RAIL + MONEY,
                                 "proxy"),
    "key words": ("decision stories objective retention guardrail must not fall 1% risk because revenue", "list of"),
    "key words with commas": ("Decide items, maximise retention, guardrail complaints at most 1%, protects trust, "
                              "business revenue, latency 50 ms.", "list of"),
    "no margin": ("We decide which ten stories to show. The objective is that people come back. Complaints must not "
                  "rise, because people would leave. " + MONEY, "has a margin"),
    "no risk": ("We decide which ten stories to show. The objective is that people come back. Complaints must not "
                "rise by more than one percent. We look at subscriptions renewed.", "which risk"),
    "no guardrail": ("We decide which ten stories to show. The objective is that people come back. " + MONEY,
                     "no guardrail"),
    "no decision": ("The objective is that people come back next month. " + RAIL + MONEY, "no decision"),
    "no objective": ("We decide which ten stories to show. " + RAIL + MONEY, "no objective"),
    "no business metric": ("We decide which ten stories to show. The objective is that people come back. " + RAIL,
                           "no business"),
    "a component first": ("A two-tower model decides which stories to show. The objective is that people come back. "
                          + RAIL + MONEY, "component (two-tower"),
    "a proxy in fields": ({"decision": "ten stories", "objective": "CTR", "guardrails": "reports at most 1% more, or "
                           "we lose trust", "business": "ad revenue"}, "proxy (CTR)"),
    "no margin in fields": ({"decision": "ten stories", "objective": "people come back", "business": "ad revenue",
                             "guardrails": [{"metric": "reports", "margin": "", "risk": "people leave"}]}, "margin"),
    "an unknown field": ({"goal": "retention"}, "unknown field 'goal'"),
    "nothing": ("", "list of words"),
    "a number": (42, "text or a dict"),
    "too long": ("We decide which ten stories to show. The objective is that people come back. " + RAIL + MONEY
                 + " And there is more to say about it." * 20, "over a minute"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_same_thought_in_other_words_is_accepted(name):
    assert read_framing(ACCEPTED[name]).problems == ()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_missing_is_said(name):
    given, told = REFUSED[name]
    problems = read_framing(given).problems
    assert any(told in problem for problem in problems), problems
    if name not in ("key words", "key words with commas", "nothing", "a number", "an unknown field", "too long"):
        assert len(problems) == 1, problems


def test_there_are_as_many_of_each_as_a_check_of_meaning_needs():
    assert len(ACCEPTED) >= 12 and len(REFUSED) >= 12


@pytest.mark.parametrize(("text", "margin"), [
    ("by more than half a percent", 0.005), ("at most 2.5%", 0.025), ("one point", 0.01), ("0.02 lower", 0.02),
    ("by more than 3 percentage points", 0.03), ("a hundredth", 0.01), ("must not fall", None),
])
def test_a_margin_is_read_as_a_share(text, margin):
    assert margin_in(text) == margin


def test_a_margin_in_another_unit_is_one():
    assert math.isnan(margin_in("p99 below 50 ms")) and math.isnan(margin_in("below 2 per thousand"))


def test_what_was_heard_comes_back():
    heard = read_framing(ACCEPTED["the plain order"])
    assert heard.decision.startswith("We decide") and "still here" in heard.objective
    assert [rail.margin for rail in heard.guardrails] == [0.01] and heard.guardrails[0].risk


def test_the_reference_of_the_first_minute_lacks_a_reason_and_the_money():
    assert len(read_framing(frame_feed()).problems) <= 2
