"""Right framings in uncommon words and order are accepted; near misses in the same words are not."""

import pytest

from course_lib.evidence.framing_parts import margin_in, read_framing

ACCEPTED = {
    "the objective last":
    "Whenever a reader opens the app, ten stories are chosen for them. No more than 2 in 100 more of them may hide "
    "a story than today, or they will drift off to another paper. Subscriptions are where the money shows. And all "
    "of this is for one end: that they are still reading us a month from now.",
    "a margin in a hundred":
    "We choose ten posts for each visit. What it is all for: people who are back in four weeks. Reports may get no "
    "more than 2 in 100 worse; people who feel cheated close the app. Ads bring the revenue.",
    "what people would do":
    "Our choice is the twenty products on the page. We are here for customers who buy again within a year. Returned "
    "parcels: one in fifty more at the very most, people would shop elsewhere. The till rings in gross profit.",
    "by the hundred":
    "For every visitor of the shop we pick twelve listings. Two more refunds in every hundred orders is as far as "
    "we go; buyers would tell their friends. The firm lives on its margin per order. The point of it all is buyers "
    "who return for years.",
    "the end of it":
    "Each time the feed opens we select ten clips. The end we serve is viewers who come back next month. "
    "Complaints: not above three in a thousand, viewers would walk away. Advertisers pay.",
    "the line we hold":
    "It is for us to say which ten articles a reader sees. We hold the line at one percent fewer returns the next "
    "day; beyond that readers would quietly cancel. Renewed subscriptions feed us. Success looks like readers who "
    "stay.",
    "two of a hundred":
    "A buyer searches, and we settle which products come first. What we work towards is profit after returns, over "
    "the year. We can live with two of a hundred more orders sent back, else sellers would leave us. Commission is "
    "the income.",
    "a promise":
    "Ten songs are picked whenever somebody presses play. We promise listeners who are glad they stayed, month "
    "after month. Skips go up by 2% at worst; listeners would switch off. Premium subscriptions are the business "
    "side.",
    "a hair":
    "We decide which posts lead. In the end we are judged by people who come back next month. At worst one reader "
    "in a hundred fewer returns tomorrow, for they would forget us. The business sees it in ad income.",
    "no worse than":
    "We pick ten stories a visit. Next-day return is to be no worse than 1 in 100 below today's: people would leave "
    "without a word. The money is in subscriptions. What do we want? Readers who still come back in a quarter.",
    "lose sellers":
    "Which products stand on the first page is ours to decide. Small sellers lose no more than five in a hundred of "
    "their views; they would close their shops. What we live on is commission. We exist so that buyers come back.",
    "turned round":
    "Back next month, and glad about it: that is what we want of readers. So we choose the ten stories they see. "
    "Hidden stories rise by at most one in a hundred, people would think us a tabloid. Revenue comes from ads.",
    "a budget of harm":
    "We select eight videos below each article. We strive for viewers who stay loyal. Harm we allow: reports up by "
    "half a percent, no more, as parents would ban the app. Income is advertising.",
    "in passing":
    "When a customer comes, we choose the ten goods on top. Not more than one order in fifty more may come back; "
    "customers would lose faith. Profit after returns in a year is what we are trying to raise. The business sees "
    "gross margin.",
    "the reason first":
    "We choose which stories go on top. People would stop trusting us if reports grew, so they may grow by 1 in 100 "
    "at most. Ads pay. The thing to raise is the number of people who come back after a month.",
}
REFUSED = {
    "late, but a proxy": (
        "Ten stories are chosen for each reader. No more than 2 in 100 more may hide a story, or they will drift "
        "off. Subscriptions are where the money shows. And all of this is for one end: clicks.",
        "proxy"),
    "late, and not said": (
        "Ten stories are chosen for each reader. No more than 2 in 100 more may hide a story, or they will drift "
        "off. Subscriptions are where the money shows.",
        "no objective"),
    "a number of people is no margin": (
        "We choose ten posts for each of our hundred readers. What it is all for: people who are back next month. "
        "Reports may not get worse, people would close the app. Ads pay.",
        "has a margin"),
    "a margin, no risk": (
        "We choose ten posts for each visit. What it is all for: people who are back next month. Reports may get no "
        "more than 2 in 100 worse. Ads bring the revenue.",
        "which risk"),
    "what people would like": (
        "We choose ten posts for each visit. The goal is people who come back. Reports may get no more than 2 in "
        "100 worse, and people would like more pictures. Ads bring the revenue.",
        "which risk"),
    "what nobody chooses": (
        "What it is all for: people who are back next month. Reports may get no more than 2 in 100 worse; people "
        "would leave. Ads bring the revenue.",
        "no decision"),
    "no money": (
        "We choose ten posts for each visit. What it is all for: people who are back next month. Reports may get no "
        "more than 2 in 100 worse; people would leave.",
        "no business"),
    "nothing bounded": (
        "We choose ten posts for each visit. What it is all for: people who are back next month. One in a hundred "
        "of them pays, and ads bring the rest.",
        "no guardrail"),
    "nought in a hundred": (
        "We choose ten posts for each visit. The goal is people who come back. Reports may get no more than 0 in "
        "100 worse; people would leave. Ads bring the revenue.",
        "has a margin"),
    "the end is watch time": (
        "Each time the feed opens we select ten clips. The end we serve is watch time. Complaints: not above three "
        "in a thousand, viewers would walk away. Advertisers pay.",
        "proxy"),
}
RAIL = {"metric": "reports", "margin": "one point", "risk": "people are cheated by titles"}
FIELDS = {"decision": "which ten stories a reader sees", "objective": "readers who are still here next month",
          "guardrails": [RAIL], "business": "renewed subscriptions"}
REFUSED |= {
    "what is shown, and no outcome": (FIELDS | {"objective": "show the most relevant items to each user"},
                                      "no objective"),
    "depth in other words": (FIELDS | {"objective": "longer sessions for every reader"}, "proxy (longer sessions)"),
    "gross volume": (FIELDS | {"objective": "gross merchandise volume this week"}, "proxy (gross merchandise volume)"),
    "a choice of models": (FIELDS | {"decision": "which model to use for ranking items"}, "no decision"),
    "a test in place of a margin": (FIELDS | {"guardrails": [RAIL | {"margin": "p < .05"}]}, "has a margin"),
    "a margin of all there is": (FIELDS | {"guardrails": [RAIL | {"margin": "100%"}]}, "has a margin"),
    "a risk that is the bound again": (FIELDS | {"guardrails": [RAIL | {"risk": "it must not rise"}]}, "which risk"),
    "a risk that is none": (FIELDS | {"guardrails": [RAIL | {"risk": "not applicable"}]}, "which risk"),
    "a guardrail without a metric": (FIELDS | {"guardrails": [RAIL | {"metric": ""}]}, "no guardrail"),
    "the objective as its own guardrail": (FIELDS | {"guardrails": [RAIL | {"metric": FIELDS["objective"]}]},
                                           "no guardrail"),
    "the objective as the business": (FIELDS | {"business": FIELDS["objective"]}, "no business"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_right_framing_in_uncommon_words_is_accepted(name):
    assert read_framing(ACCEPTED[name]).problems == ()


@pytest.mark.parametrize("name", REFUSED)
def test_a_near_miss_in_the_same_words_is_refused_for_what_it_lacks(name):
    given, told = REFUSED[name]
    problems = read_framing(given).problems
    assert len(problems) == 1 and told in problems[0], problems


@pytest.mark.parametrize(("text", "margin"), [
    ("no more than 2 in 100 worse", 0.02), ("one order in fifty", 0.02), ("two of a hundred", 0.02),
    ("two more refunds in every hundred orders", 0.02), ("three in a thousand", 0.003), ("0 in 100", None),
])
def test_so_many_of_so_many_is_a_margin(text, margin):
    assert margin_in(text) == margin


def test_what_the_refused_fields_are_one_change_away_from_is_accepted():
    assert read_framing(FIELDS, "feed").problems == ()
    shown = FIELDS | {"objective": "readers find what is most relevant to them, and are still here next month"}
    assert read_framing(shown, "feed").problems == ()


def test_a_framing_that_names_neither_system_is_heard_as_what_it_is_for():
    said = ("We choose which ten things a person sees first when they open the page. The aim is that people are glad "
            "of the time they spent here and come back next week. Complaints may rise by no more than 1%, because "
            "people who are annoyed leave for good. The business earns by renewals.")
    assert read_framing(said).problems == ()
    assert read_framing(said, "feed").problems == () and read_framing(said, "marketplace").problems == ()
