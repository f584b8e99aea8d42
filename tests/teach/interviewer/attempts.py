"""Attempts at a good score without an answer, by somebody who knows how the interviewer works; and a strong answer."""

from course_lib.teach.interview.mock_texts import BRIEFS, KEYS, PHASES
from course_lib.teach.interviewer.propositions import points

STRONG = {
    "frame": "We decide which ten stories a person sees at each visit. The objective is that they still come back next "
             "month. That is too slow to train on, so the proxy is a read that was finished. Reports must not rise by "
             "more than one percent, because that is how trust is lost, and the margin is agreed before the test.",
    "scale": "Twenty million people times fifteen is 300 million requests a day, so about 10,400 a second at the peak. "
             "A request has 50 ms at p99: 30 for retrieval and 20 for ranking. The index has 30 million times 384 "
             "bytes, 11.5 GB, and twice that while we swap. We can't score all of it, so there are stages.",
    "data": "Not clicked is not disliked, since most of it was never looked at. One percent of the slots are "
            "random, and "
            "every showing is logged with its propensity. Features are joined as of the request.",
    "retrieve": "Three sources: the two-tower for taste, one for what is recent, because the tower is late there, and "
                "one for followed creators. In-batch negatives with logQ, otherwise popular items are pushed down. "
                "New stories have no history, so the item tower reads their text. I measure recall of what people "
                "later read. Retrieval owns what was never found, and its team is paged for it.",
    "rank": "It predicts click, finished read and report, each calibrated on a later day, and adds them with signed "
            "weights. Position is corrected by the random slots. The ranker owns a wrong order, and its on-call "
            "notices. "
            "The re-ranker owns a monotonous page: at most two by one creator, and variety gives way first if the "
            "rules can't all be met.",
    "evaluate": "NDCG can't see what the old policy never showed, so it is only a gate. Then users are split at "
                "random. One primary metric decides; I work out beforehand how many users half a percent needs, "
                "which is "
                "three weeks, and nobody stops it early.",
    "launch": "It goes out to 1, 5, 25, 50 and 100 percent; the on-call stops it if harm is proven, and the product "
              "lead decides from half on. If the ranker times out, people get the cached list, then the popular one. "
              "After day 7 the model trains on its own exposure, so a tenth of people stay on the old one.",
    "close": "The proxy is the weakest part: if finished reads and retention part, everything gets better at the wrong "
             "thing. The holdback would show it. It costs a tenth of people the newest model.",
}
THREE_HOLES = STRONG | {
    "scale": STRONG["scale"].replace("10,400", "31,000"),
    "retrieve": STRONG["retrieve"].replace("Retrieval owns what was never found, and its team is paged for it.", ""),
    "launch": STRONG["launch"].split(" After day 7")[0],
}


def _everywhere(text):
    return dict.fromkeys(KEYS, text)


def _labels():
    return {key: " ".join(f"We have {p.label}." for p in points("feed") if p.phase == key) for key in KEYS}


def _ways(joined):
    """The first concepts of each point's first way, wrapped into a sentence."""
    return {p.key: " ".join(joined(point.ways[0].written.replace("_", " ")) for point in points("feed")
                            if point.phase == p.key) for p in PHASES}


GAMED = {
    "terms": _everywhere("Objective, proxy, guardrail, margin, retention, logQ, calibration, holdback, day 7, "
                         "fallback."),
    "terms joined by and": _everywhere("Decision and objective and retention and proxy and guardrail and margin "
                                       "and peak and "
                                       "p99 and propensity and logQ and recall and calibration and caps and power."),
    "terms with verbs between": _everywhere("We use objective retention use proxy click use guardrail margin use "
                                            "logQ use "
                                            "calibrated use caps use power use ramp use fallback use holdback use "
                                            "day 7."),
    "the reference, pasted": {p.key: p.reference["feed"] for p in PHASES},
    "what is listened for, pasted": {p.key: ". ".join(p.listens["feed"]) + "." for p in PHASES},
    "the points' labels as sentences": _labels(),
    "the file of patterns as sentences": _ways(lambda way: f"Our design has the {way} because it matters."),
    "things called important": _everywhere("Guardrails with margins of one kind are important. Calibration is key. "
                                           "Recall of "
                                           "what people wanted is essential. A fallback is crucial. Day 7 matters."),
    "one strong phase in all": _everywhere(STRONG["frame"]),
    "one long sentence": _everywhere("We decide which ten items to show with the objective of retention next month "
                                     "and a proxy "
                                     "of reads that is too slow to train on and a guardrail of at most 1 percent "
                                     "on reports "
                                     "and 50 ms at p99 for retrieval and 11.5 GB index twice for the swap and "
                                     "ignored is not "
                                     "disliked and propensities logged and features as of the request and logQ and "
                                     "recall of "
                                     "what people later read and calibrated scores and at most two by one creator "
                                     "and power "
                                     "and three weeks and steps with stops and a cached fallback and after day 7 a "
                                     "loop."),
    "everything and its opposite": {key: " ".join(f"We have {word} and no {word}." for word in
                                                  ("guardrails", "caps", "proxies", "fallbacks", "experiments"))
                                    for key in KEYS},
    "everything refused": {key: text.replace(". ", ". We do not need it. ").replace("is ", "is not needed, and is ")
                           for key, text in {k: "No need for guardrails on retention of one percent. Calibration "
                                                "is not "
                                             "needed. We do not need logQ. A fallback is not "
                                             "required." for k in KEYS}.items()},
    "a strong one, taken back": {key: f"{text} But none of this is needed." for key, text in STRONG.items()},
    "numbers alone": _everywhere("10,417 and 11.5 GB and 50 ms, 30 ms, 20 ms, 300 million, 360 GB, 1 percent, 2 "
                                 "percent."),
    "the brief": _everywhere(BRIEFS["feed"].says + " There are 20 million people a day, 15 requests, a peak of 3, "
                                                   "30 million "
                             "items, 384 bytes and 300 candidates."),
}
