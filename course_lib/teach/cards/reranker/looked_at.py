"""Decision on the re-ranker: for how long an item rests after somebody has looked at it, in a feed and in a shop."""

from course_lib.stages.reranking.pauses import feed_days, shop_days
from course_lib.teach.definitions.choice import Fields, Number
from course_lib.teach.definitions.decision import Decision


def play(choice, seed) -> float:
    """Mean of the two systems: what is taken, over what is taken without a pause."""
    feed, shop = float(choice["feed_days"]), float(choice["shop_days"])
    return (feed_days(seed, feed) / feed_days(seed, 0.0) + shop_days(seed, shop) / shop_days(seed, 0.0)) / 2


def _against(choice):
    feed, shop, told = choice["feed_days"], choice["shop_days"], []
    if feed <= 3:
        told.append("In the feed the same ten come back before anybody wants a second look: right after the first one an item keeps a twentieth of "
                    "its chance.")
    if feed >= 9:
        told.append("In the feed sixty candidates last for a few days of ten slots: with so long a pause the best rest, and weak ones fill the page.")
    if shop >= 2:
        told.append("In the shop people buy at the second look, and the need ends after about three weeks: the pause hides what they are about to buy.")
    return " ".join(told)


PAUSE = Decision(
    id="reranker.10", title="Seen yesterday", minutes=8, difficulty=2, used_in=("{{launch}}",),
    task="People come every day and see the same things. An item may rest for some days after a *look*. A page has ten. **Feed:** sixty candidates a person, one in twenty new each day. Who passed an item over yesterday passes it over today; "
         "within two weeks that wears off. **Shop:** thirty articles fit a need, which ends after about three weeks. Who looked at an article and "
         "thought about it buys it more readily at the next look. What is taken does not come back. How many days, in each?",
    choice=Fields({"feed_days": Number(0, 60, "days", whole=True), "shop_days": Number(0, 60, "days", whole=True)}),
    policies={"no pause": {"feed_days": 0, "shop_days": 0}, "a day between looks, in both": {"feed_days": 2, "shop_days": 2},
              "two weeks in both": {"feed_days": 14, "shop_days": 14}, "once only, in both": {"feed_days": 60, "shop_days": 60},
              "by what a second look is worth": {"feed_days": 6, "shop_days": 0}},
    play=play, unit="× what is taken without a pause, mean of both systems", against=_against, spec=".3f",
    until_chosen="no pause", seeds=tuple(range(101, 109)),
    why="A slate can be diverse and be the same every day: MMR sees one page. Whether a look uses an item up or warms it up is a fact about people "
        "that the log tells: compare takes at the second look with those at the first, for items of equal score. A pause also spends candidates: "
        "the fewer there are, the shorter it has to be. Judge it by return visits over weeks and by cohort, since clicks of a session may fall "
        "while more people come back. Both systems are made up; how long a look lasts is an input of theirs. What was "
        "looked at fits a filter of hashed ids, a Bloom filter: 9.6 bits an item at 1% false alarms, so 1.2 KB for a thousand items and 120 GB for a "
        "hundred million people.")
