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
    "one long sentence": "We decide which stories to show so that people come back next month, without losing more "
    "than one percent of creators because they would not return; ads pay for it.",
    "a proxy that is called one": "We choose which clips appear. We optimise watch time as a proxy for retention. "
    "Reports may not rise by more than 1%, or people lose trust. The business sells subscriptions.",
    "spoken, an app":
    "Every time a user opens the app we need to decide on ten articles. Ultimately we're after long-term "
    "retention: do people return over the next four weeks? Day-one return may dip by half a point at the "
    "very most, since short-sighted ranking drives people off. Ad revenue per user is the business KPI.",
    "spoken, a landing page":
    "The problem: given a visitor, choose 12 products for the landing page. We optimise for profit after "
    "returns. The refund rate shouldn't increase by over 1 percentage point — refunds are a sign we "
    "oversold. Business impact is measured in gross margin.",
    "spoken, posts":
    "Here's how I'd frame it. The product decision is what posts show up at the top of the feed. I'd "
    "define success as users still active a month from now. Guardrails: hide and report rates can go up "
    "by at most 2% because that signals trust issues; creator reach for small accounts shouldn't drop "
    "more than 5%, otherwise supply dries up. The company makes money from ads.",
    "spoken, films":
    "We are choosing which movies to put on the home screen. North star: members who stay subscribed. I "
    "would not let p99 latency exceed 200 ms since slow pages lose people. Monthly subscription revenue "
    "is the business metric.",
    "spoken, stays":
    "What we decide: the order of listings for a search. What we want: buyers who are satisfied and buy "
    "again. Constraint: cancellations no more than 0.3% up, as hosts lose income otherwise. The business "
    "earns a commission on bookings.",
    "spoken, videos":
    "For each session the system picks ten videos. I care about whether people feel their time was well "
    "spent and come back, not about watch time. We'd roll back if complaints rise by more than 10 "
    "percent; that would mean we mislead people. Premium renewals pay the bills.",
    "spoken, recipes":
    "On each visit, our service decides which recipes to put in front of the cook. The goal is cooks who "
    "keep using us month after month. Ratings below two stars must not go up by more than 0.5 points, as "
    "bad recipes drive cooks away. Subscriptions are what keeps the lights on.",
    "behind labels":
    "Decision: which ten songs come next. Objective: listeners are still subscribed in 30 days. "
    "Guardrail: skip rate at most 3% worse, since skips mean boredom. Business metric: premium revenue.",
    "spoken, jobs":
    "We have to choose the jobs a candidate sees. What matters is that candidates get hired and employers "
    "are satisfied. Applications per vacancy may vary by 10% at most, or small employers get nothing. "
    "Employers pay per hire.",
    "not clicks but profit":
    "In this shop the system selects which shoes to list first. Our aim isn't clicks but the profit we "
    "keep once returns are in. We will not accept a return rate more than 2 points higher, because "
    "returns cost us money and goodwill. Net profit per order is what finance follows.",
    "spoken, a feed":
    "I'd start from the decision: which stories go into the ten slots of a feed. We want people to find "
    "it worth coming back in a month. I'd watch day-7 return, and stop if it is down by more than 1%, "
    "because that is how people leave. The business cares about ad revenue over the year.",
    "spoken, the app opens":
    "At every app open we decide which ten stories lead. Our objective is readers who are still with us "
    "in three months. Next-day return must not drop by more than 0.3 points because that is how a feed "
    "dies slowly. The company earns subscriptions.",
    "spoken, a category page":
    "First the decision: which products a shopper sees on the category page. Then the goal, customers who "
    "buy again within a year. I'd guard returns: not more than one percent above today, since returns eat "
    "the margin. Gross profit tells the business whether it worked.",
    "spoken, clips":
    "We choose what clips autoplay next. We want viewers to be glad they watched, and to return tomorrow. "
    "Reported clips stay under 1 per thousand, otherwise advertisers leave. Ad income is the business "
    "side.",
    "spoken, offers by mail":
    "My framing: the system picks six offers per email. The purpose is long-term customer value, not "
    "opens. Unsubscribes may rise by at most 0.1%, because every one is lost for good. Revenue per "
    "customer and year is what the business tracks.",
    "spoken, members":
    "We decide the order of posts for each member. Success is members who say the visit was worth their "
    "time and come back within the week. Small creators lose at most 2% of their reach, or they stop "
    "posting. Membership fees fund us.",
    "spoken, the first row":
    "The question is which films we put in the first row. Members should stay subscribed for another "
    "quarter. We allow no more than 1% more titles abandoned in five minutes, as abandonment precedes "
    "cancelling. Subscription revenue is the number the board reads.",
    "spoken, lessons":
    "When a learner opens the site we choose the five lessons that come first. The objective is that "
    "learners finish a course within three months and are happy with it. The share who return within a "
    "week should fall by no more than 1%, because that is the first sign of giving up. Course sales are "
    "the business metric.",
    "spoken, thumbnails":
    "Let me state the decision: what the twenty thumbnails on the home screen are. We optimise for member "
    "retention at 28 days. We also make sure that play failures stay under 0.5%, since failures make "
    "people cancel. Subscription revenue is where the business sees it.",
    "spoken, offers":
    "We decide which sellers' offers a buyer sees first. The goal: buyers who come back and sellers who "
    "earn. New sellers must keep at least 15% of impressions, otherwise the marketplace dries up. We live "
    "from commission.",
    "spoken, below an article":
    "The recommender fills eight slots below an article. It should leave readers satisfied enough to "
    "return tomorrow. Complaints per thousand views must not rise by more than 2%; complaints come from "
    "clickbait and clickbait costs trust. Advertising pays for the newsroom.",
    "spoken, page views":
    "For a marketplace: at each page view pick the items to show. We maximise expected contribution after "
    "returns over the customer's lifetime. Stock-outs seen by customers may not exceed 3%, as they teach "
    "people not to trust us. The business watches contribution margin.",
    "in fields": {"decision": "ten stories a visit", "objective": "people who come back next month",
                  "guardrails": [{"metric": "reports", "margin": 0.001, "risk": "people feel cheated"}],
                  "business": "subscriptions renewed"},
    "in fields, guardrails as text": {
        "decision": "which products fill the page", "objective": "money kept after returns, long-term",
        "guardrails": ["returns at most 1% higher, because they harm trust"], "business": "profit a customer"},
}
FIELDS = {"decision": "which ten stories a reader gets", "objective": "people come back",
          "guardrails": [{"metric": "reports", "margin": "1%", "risk": "people leave"}], "business": "subscriptions"}
ACCEPTED |= {
    "money less what comes back": "We choose the goods on the page. The objective is sales minus refunds and postage "
    "costs. " + RAIL + MONEY,
    "the reason before the bound": "We decide which ten stories to show. The objective is that people come back. We "
    "might win that with junk, so reports must not rise by more than 2%. " + MONEY,
    "an aim in words of their own": "We decide which ten stories to show. The objective is a calm evening for whoever "
    "opens the app. " + RAIL + MONEY,
    "who watches the business": "We decide which ten stories to show. The objective is that people come back. " + RAIL
    + "Leadership looks at it in the quarterly results.",
    "fields": FIELDS,
    "fields in words of their own": FIELDS | {
        "decision": "what appears on the start page", "business": "what the CFO signs",
        "objective": "a calm evening for whoever opens the app"},
    "a margin spelled out": FIELDS | {"guardrails": [{"metric": "returns", "margin": "one in two hundred",
                                                      "risk": "people leave"}]},
    "a margin in its own unit": FIELDS | {
        "guardrails": [{"metric": "visits", "margin": "200 fewer", "risk": "people leave"}]},
}
REFUSED = {
    "no business metric, but a quarter": (
        "We decide which ten stories to show. The objective is that people come back. " + RAIL
        + "Each quarter we look whether clicks still go with that.", "no business"),
    "a decision about something else": (FIELDS | {"decision": "whether we hire two engineers"}, "no decision"),
    "an empty objective": (FIELDS | {"objective": "better"}, "no objective"),
    "a proxy at length": (FIELDS | {"objective": "more watch time in every session of a user"}, "proxy (watch time)"),
    "a margin here and a risk there": (FIELDS | {"guardrails": [
        {"metric": "p99", "margin": "5 ms", "risk": ""}, {"metric": "reports", "margin": "", "risk": "people leave"}]},
        "no guardrail has both"),
    "a margin of none": (FIELDS | {"guardrails": [{"metric": "reports", "margin": 0, "risk": "people leave"}]},
                         "has a margin"),
    "to order is no order": ("We decide which ten stories to show. The objective is that people come back. " + RAIL
                             + "Clicks are checked: they should order rivals as visits do.", "no business"),
    "a proxy": ("We decide which ten stories to show. The objective is CTR. " + RAIL + MONEY, "proxy (CTR)"),
    "clicks": ("We decide which stories to show. We maximise clicks per session. " + RAIL + MONEY, "proxy (clicks)"),
    "engagement": ("We choose ten posts. The goal is engagement. " + RAIL + MONEY, "proxy (engagement)"),
    "turnover": ("We choose which products to show. The aim is GMV. " + RAIL + MONEY, "proxy (GMV)"),
    "not retention but clicks": ("We choose ten posts. The goal is clicks rather than retention. " + RAIL + MONEY,
                                 "proxy"),
    "a proxy with an excuse": ("We choose ten posts. The objective is CTR because people come back. " + RAIL + MONEY,
                               "proxy (CTR)"),
    "a margin of nothing": ("We choose ten posts. The objective is that people come back. Reports must not rise by "
                            "more than 0%, because people would leave. " + MONEY, "has a margin"),
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
    "a proxy behind a label": (
        "Objective: CTR. Decision: which items to show. Guardrail: latency below 50 ms because users leave. "
        "Business: ad revenue.",
        "proxy (CTR)"),
    "watch time in one breath": (
        "Our decision is which videos to show, the objective is watch time, we must not lose more than 1% of "
        "users because they churn, and ads pay.",
        "proxy (watch time)"),
    "quality without a margin": (
        "We pick ten posts. We want people to come back. Quality must not fall since that hurts trust. Ads "
        "pay.",
        "has a margin"),
    "a store first": (
        "I would build a feature store and a two-tower retriever; the objective is retention; reports at most "
        "1% because trust; we decide on items; ads pay.",
        "component (feature store)"),
    "a number for guardrails": ({"decision": "ten stories", "objective": "people come back", "business": "ads",
                                 "guardrails": 7}, "has a margin"),
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


def test_a_framing_of_the_other_system_is_told_though_a_word_of_this_one_stands_in_it():
    feed = ACCEPTED["the plain order"].replace(MONEY, "The business reads what ads are sold beside the posts.")
    assert read_framing(feed, "feed").problems == ()
    assert "nothing in it is about a marketplace" in read_framing(feed, "marketplace").problems[0]
