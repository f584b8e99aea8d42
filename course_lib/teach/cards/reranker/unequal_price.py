"""Refereed on re-ranking: two methods compared at weights that cost them different amounts of relevance."""

from functools import cache
from types import SimpleNamespace

import numpy as np

from course_lib.evidence.estimate import bootstrap
from course_lib.evidence.slate_fronts import GAP, NDCG, front_of, means
from course_lib.stages.reranking.desk import slates
from course_lib.stages.reranking.diversity import calibrated, mmr
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

PEOPLE, FILMS, EACH, GENRES = 150, 400, 50, 10
MMR_WEIGHTS, OWN_WEIGHTS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4), (0.0, 0.1, 0.2, 0.4, 0.6, 0.8)
PUBLISHED = (MMR_WEIGHTS.index(0.8), OWN_WEIGHTS.index(0.8))       # each method at "its usual" weight


@cache
def _desk():
    """Made-up films: people like the genres of their history, and what they want stands high among the candidates."""
    rng = np.random.default_rng(3)
    multi_hot = (rng.random((FILMS, GENRES)) < 0.12).astype(float)
    multi_hot[np.arange(FILMS), rng.integers(0, GENRES, FILMS)] = 1
    genre = multi_hot / multi_hot.sum(1, keepdims=True)
    target = rng.dirichlet(np.full(GENRES, 0.7), PEOPLE)
    liking = np.log(target @ genre.T + 0.02) + rng.gumbel(0, 0.6, (PEOPLE, FILMS))
    candidates = np.argsort(-liking, axis=1)[:, :EACH]
    score = np.take_along_axis(liking, candidates, 1)
    low, high = score.min(1, keepdims=True), score.max(1, keepdims=True)
    chance = np.exp(1.2 * score)
    wanted = [rng.choice(row, 6, replace=False, p=p / p.sum()) for row, p in zip(candidates, chance, strict=True)]
    return SimpleNamespace(users=np.arange(PEOPLE), wanted=wanted, candidates=candidates, genre=genre, target=target,
                           relevance=(score - low) / (high - low),
                           direction=multi_hot / np.linalg.norm(multi_hot, axis=1, keepdims=True))


def _unlike(weight):
    def rule(row, desk):
        unit = desk.direction[desk.candidates[row]]
        return mmr(desk.relevance[row], unit @ unit.T, 10, weight)
    return rule


def _own_mix(weight):
    def rule(row, desk):
        return calibrated(desk.relevance[row], desk.genre[desk.candidates[row]], desk.target[row], 10, weight)
    return rule


@cache
def fronts():
    """The two fronts side by side, float (people, weights · 4): MMR's, then the calibrated lists'."""
    desk = _desk()
    return np.hstack([front_of([slates(rule(weight), desk) for weight in weights], desk)
                      for rule, weights in ((_unlike, MMR_WEIGHTS), (_own_mix, OWN_WEIGHTS))])


def measure(part) -> Reading:
    """How much of the gap to people's mix MMR closes, as a share of what calibrated lists close, read by `part`."""
    cut = 4 * len(MMR_WEIGHTS)

    def closed(rows, usual):
        held = means(rows)
        lost, gained = 1 - held[:, NDCG] / held[0, NDCG], held[0, GAP] - held[:, GAP]
        return float(part(lost, gained, usual))

    def share(rows):
        return closed(rows[:, :cut], PUBLISHED[0]) / closed(rows[:, cut:], PUBLISHED[1])

    found = bootstrap(fronts(), share, n_boot=200)
    says = "MMR closes more than half as much" if found.low > 0.5 else "MMR closes less than half as much" if found.high < 0.5 else "it cannot be told"
    return Reading(says, found)


def at_its_usual_weight(lost, gained, usual):
    """As published: each method at the weight that people usually take."""
    return gained[usual]


def at_one_price(lost, gained, usual):
    """Both where they have lost five percent of NDCG@10, on a straight line between two weights."""
    return np.interp(0.05, np.maximum.accumulate(lost), gained)


UNEQUAL = Refereed(
    id="reranker.11", title="“For people's tastes you need calibration”", minutes=10, difficulty=3, used_in=("this lesson", "interview"),
    task="A team wants lists near each person's own mix of genres, and may pay five percent of NDCG@10. It compares MMR at λ = 0.8 with "
         "calibrated lists at λ = 0.8, the weights it knows from papers, for the same people and candidates. The report: *MMR closes "
         "less than half as much of the gap as calibrated lists do. We calibrate.*",
    signature="`compared(lost, gained, usual)` gets one method's weights, mildest first: the share of NDCG@10 that each loses (the first 0), the gap "
              "that it closes, and the place of the usual weight. It returns the number to compare; published: `gained[usual]`. Between two "
              "weights both run on a straight line.",
    measure=measure, rigged=at_its_usual_weight, reference=at_one_price,
    explanations={
        "The two were compared at different prices.": "λ is another trade in each method. At these weights one loses many times as much of NDCG@10 as "
        "the other, so it also buys more. Read both where they have lost five percent.",
        "The gap is what calibrated lists optimise, so the measure is unfair.": "It is what the team wants, so it is the right measure. A method "
        "that aims at it may win; the question is by how much, for the same money.",
        "150 people are too few.": "The interval is narrow. More people would confirm the same comparison of unequal things.",
        "NDCG@10 on held-out films punishes both methods.": "It does, and both alike. That makes the price too high, and not one method dearer than "
        "the other.",
        "MMR's λ is too high: a lower one closes more.": "It does, and costs more: with λ free, either method can be made to win. What has to be fixed "
        "is the price."},
    right="The two were compared at different prices.",
    why="Compare methods along their whole fronts, or at one price that somebody has named. A weight is no price: the same number means another trade for "
        "each method, each scale of scores and each set of candidates. At the published weights MMR had lost "
        "a thousandth of NDCG@10 and the calibrated lists more than a third; at five percent MMR closes about as much as they do, on these made-up films. "
        "Whether it does on yours, your fronts say. Filling a calibrated list greedily reaches at least 1 − 1/e = 63% of the best, where no "
        "addition harms and each is worth less the more is there.",
    close=0.05,
    wrong_mends=(
        Mistake("gain for each unit of loss", lambda lost, gained, usual: gained[usual] / max(lost[usual], 1e-9),
                "You divide what the usual weight gains by what it loses. That takes the front for a straight line through zero; the first steps "
                "are the cheapest. Read both at five percent."),
        Mistake("gain for each unit of loss, as it is", lambda lost, gained, usual: gained[usual] / lost[usual],
                "You divide what the usual weight gains by what it loses, and MMR's has lost next to nothing. Read what both gain where they have "
                "lost five percent."),
        Mistake("the nearest weight", lambda lost, gained, usual: gained[np.argmin(np.abs(lost - 0.05))],
                "You take the weight whose loss is nearest to five percent, and each method's is off by another amount. Between two weights both "
                "run on a straight line: read it at 0.05."),
        Mistake("the most within the price", lambda lost, gained, usual: gained[lost <= 0.05].max(),
                "You take the most that a weight gains within five percent, so one method pays less than the other. Between two weights both run "
                "on a straight line: read it at 0.05."),
        Mistake("the most it can gain", lambda lost, gained, usual: gained.max(),
                "You let each method pay whatever it likes and take its largest gain. The price has to be equal."),
        Mistake("the first weight over the price", lambda lost, gained, usual: gained[np.argmax(lost >= 0.05)],
                "You take the first weight that loses five percent or more, and each method's is off by another amount. Between two weights both "
                "run on a straight line: read it at 0.05."),
        Mistake("the last weight within the price", lambda lost, gained, usual: gained[np.flatnonzero(lost <= 0.05)[-1]],
                "You take the strongest weight within five percent, so one method pays less than the other. Between two weights both run on a "
                "straight line: read it at 0.05."),
        Mistake("the strongest weight", lambda lost, gained, usual: gained[-1],
                "Yours is what each gains at its strongest weight, as is a reading at 0.95 or at 5, which is 500%. Five percent is 0.05."),
        Mistake("gain less loss", lambda lost, gained, usual: gained[usual] - lost[usual],
                "You subtract a share of NDCG@10 from a gap in nats. The two have no common unit; what the team may pay is fixed: 0.05."),
        Mistake("the mean within the price", lambda lost, gained, usual: gained[lost <= 0.05].mean(),
                "You average what a method's weights within five percent gain. How many they are was somebody's choice of weights: read it at 0.05."),
        Mistake("the same weight", lambda lost, gained, usual: gained[2],
                "You take one place in both lists of weights. A weight is not a price: look at what each loses."),
        Mistake("the loss compared", lambda lost, gained, usual: np.interp(0.05, gained, lost),
                "You read what is lost where 0.05 nats are gained. Asked is what is gained where five percent are lost."),
        Mistake("half the price", lambda lost, gained, usual: np.interp(0.005, np.maximum.accumulate(lost), gained),
                "You read both at half a percent. The team may lose five percent: 0.05."),
    ))
