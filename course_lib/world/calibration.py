"""How do you know that this simulator is worth anything? A table and a figure beside real data.

The caller passes real data in (this folder may not read it): interaction tables with user, item, time, one for each
data set; impressions with position and click; a table of tests with impressions and clicks by arm.
"""

from __future__ import annotations

import numpy as np

from ..contracts import DAY_S, DataError

TABLE = {
    "top10_items": "share of interactions on the most popular 10% of items",
    "top10_people": "share of interactions by the most active 10% of people",
    "median_activity": "interactions of the median person",
    "random_popularity": "recall@20, split at random by person: popularity",
    "random_personal": "the same: EASE",
    "random_ratio": "popularity ÷ EASE, split at random",
    "time_popularity": "recall@20, split by time: popularity",
    "time_recent": "the same: popularity of the last days",
    "time_personal": "the same: EASE",
    "time_ratio": "popularity ÷ EASE, split by time",
    "recent_ratio": "recent popularity ÷ popularity, split by time",
    "click_rate": "clicks an impression",
    "top_slot_ratio": "click rate of position 1 ÷ position 3",
    "test_sd": "spread of log click rate between arms of a test, noise taken off",
    "conversion": "purchases a click",
    "return_day7": "share of the first day's people seen again on day 7",
}
WHY = {
    "top10_items": "a feed that explores by clicks^0.3 spreads wider than ratings of films do",
    "median_activity": "21 days of a feed against years of ratings: the unit differs",
    "click_rate": "Open Bandit shows fashion banners, a feed what people came for",
    "time_personal": "newborn items have no clicks to learn from, in films as here",
    "time_ratio": "in films time outweighs taste; here tastes stay, so that personal models have something to find",
    "recent_ratio": "surges and births give recent counts an edge, not the lead that they have in films",
    "top_slot_ratio": "Open Bandit's three banners stand side by side; a feed is read from the top",
    "test_sd": "items of one creator differ in subject as well; Upworthy's arms differ in wording alone",
    "return_day7": "no public data set beside it: held to be plausible, not fitted",
}


def concentration(counts) -> float:
    """Share of the total that the largest 10% of counts hold; 0.1 when all are equal."""
    counts = np.sort(np.asarray(counts, float))[::-1]
    return float(counts[:max(1, len(counts) // 10)].sum() / counts.sum())


def _matrix(pairs, shape):
    import scipy.sparse as sp

    return sp.csr_matrix((np.ones(len(pairs), np.float32), (pairs["user"], pairs["item"])), shape=shape)


def ease(train, shape, l2: float, most: int = 3000):
    """EASE on the `most` most popular items (time grows with their cube): a function of people, int (B,), that
    returns scores, float32 (B, N), 0 for other items.

    Source: Steck 2019, doi:10.1145/3308558.3313710.
    """
    seen = _matrix(train, shape)
    count = np.asarray(seen.sum(axis=0)).ravel()
    known = np.sort(np.argsort(-count, kind="stable")[:min(most, int((count > 1).sum()))])
    part = seen[:, known]
    inverse = np.linalg.inv((part.T @ part).toarray() + l2 * np.eye(len(known), dtype=np.float32))
    weight = -inverse / np.diag(inverse)
    np.fill_diagonal(weight, 0)

    def score(people):
        out = np.zeros((len(people), shape[1]), np.float32)
        out[:, known] = part[people] @ weight
        return out
    return score


def recall(score, train, test, k: int = 20, most: int = 3000, seed: int = 0) -> float:
    """Mean of hits / min(k, |test|); the whole catalogue ranked, train items left out.

    score: function of people, int (B,), that returns (B, N). At most `most` people are drawn, to bound memory.
    """
    people = np.intersect1d(test["user"].unique(), train["user"].unique())
    if len(people) > most:
        people = np.sort(np.random.default_rng(seed).choice(people, most, replace=False))
    rows = np.array(score(people), np.float32)
    shape = max(train["user"].max(), test["user"].max()) + 1, rows.shape[1]
    seen, truth = _matrix(train, shape)[people], _matrix(test, shape)[people]
    rows[seen.nonzero()] = -np.inf
    top = np.argpartition(-rows, k - 1, axis=1)[:, :k]
    hits = np.asarray(truth[np.arange(len(people))[:, None], top].sum(axis=1)).ravel()
    return float((hits / np.minimum(k, np.asarray(truth.sum(axis=1)).ravel())).mean())


def _split(pairs, by, seed):
    if by == "time":
        early, late = np.quantile(pairs["time"], [0.8, 0.9])
        return [pairs[pairs["time"] < early], pairs[(pairs["time"] >= early) & (pairs["time"] < late)],
                pairs[pairs["time"] >= late]]
    part = np.random.default_rng(seed).choice(3, len(pairs), p=[0.8, 0.1, 0.1])
    return [pairs[part == j] for j in range(3)]


def recalls(interactions, by: str = "time", seed: int = 0, days=(1, 3, 7, 30), l2=(100, 1000)) -> dict:
    """recall@20 of popularity, recent popularity and EASE, 80/10/10; window and l2 chosen on the middle tenth."""
    pairs = interactions.drop_duplicates(["user", "item"])
    shape = int(pairs["user"].max()) + 1, int(pairs["item"].max()) + 1
    train, valid, test = _split(pairs, by, seed)

    def popular(rows):
        count = np.bincount(rows["item"], minlength=shape[1]).astype(np.float32)
        return lambda people: np.tile(count, (len(people), 1))

    def tuned(make, choices):
        scores = [make(choice) for choice in choices]
        return recall(scores[int(np.argmax([recall(s, train, valid) for s in scores]))], train, test)

    end = train["time"].max()
    return {"popularity": recall(popular(train), train, test), "people": int(test["user"].nunique()),
            "recent": tuned(lambda d: popular(train[train["time"] > end - d * DAY_S]), days),
            "personal": tuned(lambda x: ease(train, shape, x), l2)}


def from_interactions(interactions, seed: int = 0) -> dict:
    """The rows of TABLE that a table of user, item, time can fill."""
    if not len(interactions):
        raise DataError("interactions is empty; expected a table of user, item, time.")
    pairs = interactions.drop_duplicates(["user", "item"])
    people = pairs["user"].value_counts()
    random, time = recalls(pairs, "random", seed), recalls(pairs, "time", seed)
    return {"top10_items": concentration(pairs["item"].value_counts()), "top10_people": concentration(people),
            "median_activity": float(people.median()), "random_popularity": random["popularity"],
            "random_personal": random["personal"], "random_ratio": random["popularity"] / random["personal"],
            "time_popularity": time["popularity"], "time_recent": time["recent"], "time_personal": time["personal"],
            "time_ratio": time["popularity"] / time["personal"], "recent_ratio": time["recent"] / time["popularity"]}


def from_impressions(impressions) -> dict:
    """Click rate, and how it falls with position."""
    rate = impressions.groupby("position")["click"].mean()
    return {"click_rate": float(impressions["click"].mean()), "top_slot_ratio": float(rate.iloc[0] / rate.iloc[2])}


def arm_spread(tests) -> float:
    """Standard deviation of log click rate between the arms of a test, binomial noise taken off.

    tests: columns test_id, impressions, clicks, one row an arm; arms without clicks are left out.
    """
    arms = tests[(tests["clicks"] >= 5)]
    log_rate = np.log(arms["clicks"] / arms["impressions"])
    within = log_rate - log_rate.groupby(arms["test_id"]).transform("mean")
    size = arms.groupby("test_id")["clicks"].transform("size")
    several = size > 1
    noise = (1 / arms["clicks"] - 1 / arms["impressions"])[several].mean()
    return float(np.sqrt(max((within[several] ** 2 * size[several] / (size[several] - 1)).mean() - noise, 0)))


def arms_in_the_world(impressions, catalog):
    """Items of one creator and category, shown alike: what an editor's test of headlines would be, as a test table."""
    import pandas as pd

    counts = impressions.groupby("item")["click"].agg(["size", "sum"])
    facts = catalog.items.loc[counts.index]
    return pd.DataFrame({"test_id": facts["creator"].to_numpy() * 1000 + facts["category"].to_numpy(),
                         "impressions": counts["size"].to_numpy(), "clicks": counts["sum"].to_numpy()})


def from_days(days, catalog) -> dict:
    """Every row of TABLE that a world's DayLogs can fill. days: at least 8 of them."""
    import pandas as pd

    shown = pd.concat([day.impressions for day in days], ignore_index=True)
    clicked = shown.loc[shown["click"] > 0, ["user", "item", "time"]]
    first, later = set(days[0].requests["user"]), set(days[7].requests["user"])
    bought = sum(int((day.outcomes["kind"] == "purchase").sum()) for day in days)
    return {**from_interactions(clicked), **from_impressions(shown), "return_day7": len(first & later) / len(first),
            "test_sd": arm_spread(arms_in_the_world(shown, catalog)),
            "conversion": bought / len(clicked) if bought else np.nan}


def table(worlds: dict, real: dict | None = None, impressions=None, tests=None):
    """The table: one row a measure, one column a world or data set, and why a difference may stand.

    worlds: name → (DayLogs, Catalog). real: name → interactions. impressions: of Open Bandit's random policy, say.
    tests: of Upworthy, say (columns test_id, impressions, clicks).
    """
    import pandas as pd

    columns = {name: from_days(*world) for name, world in worlds.items()}
    columns |= {name: from_interactions(pairs) for name, pairs in (real or {}).items()}
    if impressions is not None:
        columns["impressions"] = from_impressions(impressions)
    if tests is not None:
        columns["tests"] = {"test_sd": arm_spread(tests)}
    out = pd.DataFrame(columns, index=list(TABLE))
    out.insert(0, "measure", pd.Series(TABLE))
    return out.assign(why=pd.Series(WHY)).fillna({"why": ""})


def figure(interactions: dict, impressions: dict | None = None):
    """Three panels: popularity by rank, activity by rank, click rate by position. Returns a matplotlib Figure.

    interactions: name → table of user, item. impressions: name → table of position, click.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), layout="constrained")
    for name, pairs in interactions.items():
        for axis, by in zip(axes, ("item", "user"), strict=False):
            count = np.sort(pairs[by].value_counts().to_numpy())[::-1]
            axis.plot((np.arange(len(count)) + 1) / len(count), np.cumsum(count) / count.sum(), label=name)
    for axis, by in zip(axes, ("items", "people"), strict=False):
        axis.set(xlabel=f"share of {by}, the largest first", ylabel="share of interactions", xscale="log")
    for name, shown in (impressions or {}).items():
        rate = shown.groupby("position")["click"].mean()
        axes[2].plot(rate.index, rate / rate.iloc[0], marker="o", label=name)
    axes[2].set(xlabel="position", ylabel="click rate ÷ that of position 1", ylim=(0, None))
    for axis in axes:
        if axis.lines:
            axis.legend(frameon=False, fontsize=8)
    plt.close(figure)
    return figure
