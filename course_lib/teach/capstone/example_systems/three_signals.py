"""The system of the solved lesson: learn(log), retrieve(known, requests), rank(known, requests, found)."""

import numpy as np

from course_lib.contracts import Slates, best_k
from course_lib.launch.launch_plan import LaunchPlan
from course_lib.stages.retrieval.baselines import EASE

SETTINGS = {'counts': 'long clicks', 'retrieve': (1, 0, 0), 'choose': (1, 0, 0.5), 'order': (0, 0, 1)}


def best(score, requests, count: int) -> np.ndarray:
    """int (B, count): of the items that may be shown, the best by `score`, float (B, N); -1 where there are fewer."""
    score = np.array(score, float)
    hidden = np.ones(score.shape[1], bool)
    hidden[requests.eligible[requests.eligible < len(hidden)]] = False
    score[:, hidden] = -np.inf
    return best_k(score, count)


def best_of(score, candidates, count: int) -> np.ndarray:
    """int (B, count): of the candidates, int (B, C) with -1 for none, the best by `score`, float (B, N), best first."""
    candidates = np.asarray(candidates)
    own = np.take_along_axis(np.asarray(score, float), candidates.clip(0), axis=1)
    place = best_k(np.where(candidates < 0, -np.inf, own), count)
    return np.where(place < 0, -1, np.take_along_axis(candidates, place.clip(0), axis=1))


def good_rows(log):
    """Table of user, item, value: long clicks, or money that came in and money that went back."""
    if SETTINGS["counts"] == "money":
        money = log.outcomes[log.outcomes["kind"].isin(["purchase", "return"])]
        return money[["user", "item", "value"]]
    shown = log.impressions
    stayed = shown[(shown["click"] > 0) & (shown["dwell_s"] >= 30)]
    return stayed[["user", "item"]].assign(value=1.0)


def tastes(content, liked, users):
    """content float (N, d), centred; liked: rows of user, item → float (users, d)."""
    taste = np.zeros((users, content.shape[1]))
    np.add.at(taste, liked["user"].to_numpy(), content[liked["item"].to_numpy()])
    taste /= 3.0 + np.bincount(liked["user"], minlength=users)[:, None]
    return taste


def learn(log):
    """What the log tells: EASE on good rows, a taste a person, a shrunken rate an item."""
    good, shown = good_rows(log), log.impressions
    liked = good[good["value"] > 0]
    users, items = 1 + shown["user"].max(), len(log.catalog.items)
    showings = np.bincount(shown["item"], minlength=items)
    brought = np.bincount(good["item"], good["value"], minlength=items)
    rate = (brought + 200 * brought.sum() / showings.sum()) / (showings + 200)
    content = log.catalog.content - log.catalog.content.mean(axis=0)      # (N, d)
    return {"ease": EASE(l2=100.0).fit(liked, users, items), "rate": rate,
            "content": content, "taste": tastes(content, liked, users)}


def signals(known, requests):
    """[EASE, taste, rate], each float (B, N), on one scale."""
    user = np.minimum(requests.user, len(known["taste"]) - 1)
    parts = [known["ease"].score(user), known["taste"][user] @ known["content"].T]
    parts.append(np.broadcast_to(known["rate"], parts[0].shape))
    parts = [part / (part.std(axis=1, keepdims=True) + 1e-9) for part in parts]
    stranger = requests.user >= len(known["taste"])
    for part in parts[:2]:
        part[stranger] = 0.0
    return parts


def blend(known, requests, weights):
    """The signals, weighted and added up: float (B, N)."""
    return sum(w * part for w, part in zip(weights, signals(known, requests), strict=True))


def retrieve(known, requests):
    """int (B, 60): candidates."""
    return best(blend(known, requests, SETTINGS["retrieve"]), requests, 60)


def rank(known, requests, candidates):
    """int (B, K): the slate, best first."""
    chosen = best_of(blend(known, requests, SETTINGS["choose"]), candidates, requests.slate_size)
    return best_of(blend(known, requests, SETTINGS["order"]), chosen, requests.slate_size)


class System:
    def fit(self, log):
        self.known = learn(log)

    def candidates(self, requests):
        return retrieve(self.known, requests)

    def slates(self, requests):
        return Slates.certain(rank(self.known, requests, self.candidates(requests)))


PLAN = LaunchPlan("ten days, by dwell", steps=((0.05, 1), (0.5, 9)), primary="dwell per user", doubts_from=4)
