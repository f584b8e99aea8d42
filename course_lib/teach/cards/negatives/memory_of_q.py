"""Decision 4.9: over how many days log q is counted, in a feed whose items come and go and in a shop with seasons."""

from functools import cache

from course_lib.stages.retrieval.drift import error_of_memory, feed_stream, shop_stream
from course_lib.teach.definitions.choice import Fields, Number
from course_lib.teach.definitions.decision import Decision

STREAMS = {"feed": feed_stream, "shop": shop_stream}


@cache
def _error(system, seed, days):
    return error_of_memory(STREAMS[system](seed), days, seed)


def play(choice, seed) -> float:
    """Minus the error of log q in nats, mean of the two systems."""
    return -(_error("feed", seed, choice["feed_days"]) + _error("shop", seed, choice["shop_days"])) / 2


def _against(choice):
    feed, shop = choice["feed_days"], choice["shop_days"]
    told = []
    if feed < 0.08:
        told.append("In the feed, an hour holds 200 clicks on 600 items: mostly the noise of a count.")
    if feed > 0.25:
        left = f"{0.5**feed:.0%}" if feed < 7 else "less than a hundredth"
        told.append(f"In the feed, a memory of {feed:g} d is long: an item's appeal falls to {left} of what it was, and those born since are "
                    "hardly counted.")
    if shop < 30:
        told.append(f"In the shop, a memory of {max(shop, 1):g} d holds {250 * max(shop, 1) / 600:.1f} sales an article: mostly the noise of a count.")
    if shop > 100:
        told.append(f"In the shop, a memory of {shop:g} d spans seasons: what was counted at its start is out of season now.")
    return " ".join(told)


MEMORY = Decision(
    id="negatives.9", title="How long a memory?", minutes=8, difficulty=2, used_in=("{{launch}}",),
    task="Log q is to be counted over the last days. **Feed:** 600 items, about two of them new each hour, 200 clicks an hour; what draws "
         "people to an item halves each day. **Shop:** 600 articles all the time, 250 sales a day, each article with a season of its own in a "
         "year. A count over a long time is stale, one over a short time is noise: a count of $n$ scatters by about $1/\\sqrt n$ nats. Give the "
         "days for each; the least is an hour in the feed and a day in the shop.",
    choice=Fields({"feed_days": Number(0.04, 365, "days"), "shop_days": Number(0.04, 365, "days")}),
    policies={"an hour and a day": {"feed_days": 0.04, "shop_days": 1}, "a day in both": {"feed_days": 1, "shop_days": 1},
              "two months in both": {"feed_days": 60, "shop_days": 60}, "a year in both": {"feed_days": 365, "shop_days": 365},
              "by what drifts": {"feed_days": 0.15, "shop_days": 50}},
    play=play, unit="nats (minus the error of log q, mean of both systems)", against=_against, spec=".2f",
    until_chosen="a year in both", seeds=tuple(range(101, 109)),
    why="The best memory grows with the noise of a count and shrinks with the drift. In the feed an item's appeal halves in a day, so a few hours are "
        "best, though they bring about one click an item. In the shop two months bring some twenty-five sales an article and are a sixth of "
        "a year. A year is no worse than half of one, since it holds each season once. The real shop of the figure drifts faster than this one. "
        "A stream's gaps make the same trade by alpha: they remember about 1 / alpha *appearances*, so a frequent item is followed fast. With hashed "
        "ids a collision makes an item look too frequent; of several hashes the largest gap is taken.")
