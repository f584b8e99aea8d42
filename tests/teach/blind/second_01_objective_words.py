"""Solutions of lesson 01, written blind: from the notebook's text alone."""

from blind_book import right, wrong

OPENING = ("The decision: each time a person opens the feed, which ten items do we show, and in which order. "
           "The objective: people who still come back in four weeks; as that is slow, a proxy of satisfied reads. ")
GUARD = ("Guardrails, each with a margin fixed beforehand: reports per thousand showings, the share of people back the "
         "next day, and p99 latency must not get worse. ")
BUDGET = "The budget is fifty milliseconds a request. "
HOW = "Only then the how: retrieval of a few hundred, a ranker, a re-ranker. "


@wrong("objective.7", "A model is named before the objective.")
def framing():
    return ("The decision is which ten items to show each visit. I would train a two-tower model for it. "
            "The objective is that people come back. Guardrails: reports and latency must not get worse.")


@wrong("objective.7", "A vector index is named before the objective.")
def framing():
    return ("We decide which ten items a visitor sees. An HNSW index serves the candidates. "
            "Our objective is retention in week four. " + GUARD)


@wrong("objective.7", "Begins with a feature store, before any objective.")
def framing():
    return "A feature store feeds everything. " + OPENING + GUARD


@wrong("objective.7", "The objective is missing.")
def framing():
    return ("The decision: which ten items each visitor is shown. Guardrails: reports, complaints and latency must not "
            "get worse. The budget is fifty milliseconds.")


@wrong("objective.7", "No guardrail: nothing is said of what must not get worse.")
def framing():
    return OPENING + BUDGET


@wrong("objective.7", "The decision is missing: nowhere is it said what is chosen for whom.")
def framing():
    return "The objective is that people come back in four weeks. Guardrails: latency and reports must not get worse."


@wrong("objective.7", "Far more than 160 words.")
def framing():
    return (OPENING + GUARD + BUDGET + HOW) * 3


@wrong("objective.7", "161 words, one more than a minute allows.")
def framing():
    return padded_to(161)


@wrong("objective.7", "An empty text.")
def framing():
    return ""


@wrong("objective.7", "Prints the text and returns nothing.")
def framing():
    print(OPENING + GUARD + BUDGET + HOW)


@wrong("objective.7", "Only components, the red flag of the lesson.")
def framing():
    return "I would use a two-tower model and a transformer ranker with an ANN index, and optimise CTR."


@wrong("objective.7", "All parts are there, but in the order of the build: the ranker first, the objective last.")
def framing():
    return "A gradient boosted ranker orders three hundred candidates from an ANN index. " + GUARD + OPENING


def padded_to(words):
    """The framing with filler words up to exactly so many words."""
    text = (OPENING + GUARD + BUDGET + HOW).split()
    more = ["and", "I", "say", "so", "aloud"] * words
    return " ".join(text + more[:words - len(text)])


@right("objective.7", "Four short sentences with the words of the lesson, components last.")
def framing():
    return OPENING + GUARD + BUDGET + HOW


@right("objective.7", "Exactly 160 words.")
def framing():
    return padded_to(160)


@right("objective.7", "Lines of a list, joined; no component at all.")
def framing():
    return "\n".join(["Decision: which ten items each visitor sees, at every visit.",
                      "Objective: people who are glad they came and still visit in a month.",
                      "Guardrails: share back tomorrow, reports and p99 latency must not get worse.",
                      "Budget: fifty milliseconds a request."])


@right("objective.7", "Spoken prose, with the guardrails named as what must not get worse, the stages last.")
def framing():
    return ("Before anything technical: the decision is which ten films this person is shown. The objective is that "
            "members stay subscribed; since that is slow I train on a proxy, films watched to the end, and check that "
            "both order policies alike. Guardrails are complaints, the spread over the catalogue and latency: none of "
            "these must get worse by more than a margin signed beforehand. The budget is fifty milliseconds and it "
            "forces stages: first retrieval, then a model that ranks, then a re-ranker.")
