"""Exercise on the launch: a monitor, clicks that come from few people."""

import numpy as np

from course_lib.launch.monitors import effective_clickers
from course_lib.teach.cards import effects_decisions, sizes
from course_lib.teach.cards.launch import far_launches, people_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 12.5 ----------------------------------------------------------------------------------------------------------
def _click_cases(rng):
    return [Case("five creators", (rng.integers(0, 12, 60), rng.integers(0, 5, 60), 5)),
            Case("one account clicks a lot", (np.r_[np.zeros(20, int), rng.integers(1, 9, 20)], np.r_[
                np.zeros(20, int), rng.integers(0, 3, 20)], 3)),
            Case("thirty readers of one", (np.arange(32), np.repeat([1, 0], [30, 2]), 2)),
            Case("a creator without clicks", (rng.integers(0, 4, 15), rng.integers(0, 2, 15), 4)),
            Case("nobody clicked on the first", (rng.integers(50, 54, 15), rng.integers(1, 3, 15), 3)),
            _many(rng)]


def _many(rng):
    """Fourteen creators and readers with ids of one digit to five, one of whom clicks three hundred times."""
    user, owner = rng.integers(0, 150, 900), rng.integers(0, 13, 900)
    user = np.r_[np.where(user > 130, 97 * user, user), np.full(300, 3)]
    order = rng.permutation(1200)
    return Case("fourteen creators, and ids of one digit to five", (user[order], np.r_[owner, np.full(300, 5)][order], 14))


def _clickers_loop(user, owner, n_owners):
    out = np.zeros(n_owners)
    for creator in range(n_owners):
        mine = np.asarray(user)[np.asarray(owner) == creator]
        count = np.array([np.sum(mine == who) for who in set(mine.tolist())])
        out[creator] = count.sum() ** 2 / (count**2).sum() if len(count) else 0
    return out


def _each_owner(rule):
    """A statistic of each owner's counts of clicks, one count a person."""
    def over(user, owner, n_owners):
        user, owner = np.asarray(user), np.asarray(owner)
        counts = (np.unique(user[owner == o], return_counts=True)[1].astype(float) for o in range(n_owners))
        return np.array([rule(count) if len(count) else 0.0 for count in counts])
    return over


def _without(value):
    """The right answer, but for creators without clicks."""
    def wrong(user, owner, n_owners):
        found = effective_clickers(user, owner, n_owners)
        return np.where(found > 0, found, value)
    return wrong


def _runs(user, owner, n_owners):
    """Counts of stretches of rows that one person has in a row."""
    user, owner, out = np.asarray(user), np.asarray(owner), np.zeros(n_owners)
    for o in range(n_owners):
        mine = user[owner == o]
        if len(mine):
            count = np.diff(np.r_[0, np.flatnonzero(mine[1:] != mine[:-1]) + 1, len(mine)]).astype(float)
            out[o] = count.sum()**2 / (count**2).sum()
    return out


def _glued(user, owner, n_owners):
    owner = np.asarray(owner)
    glued = np.array([f"{o}{u}" for o, u in zip(owner.tolist(), np.asarray(user).tolist(), strict=True)])
    _, first, count = np.unique(glued, return_index=True, return_counts=True)
    total = np.bincount(owner[first], count, n_owners)
    return np.where(total > 0, total**2 / np.maximum(np.bincount(owner[first], count.astype(float)**2, n_owners), 1), 0.0)


def _entropy(c):
    share = c / c.sum()
    return np.exp(-(share * np.log(share)).sum())


def _elsewhere_too(user, owner, n_owners):
    clicks = np.bincount(user).astype(float)
    return np.array([np.sum(mine) ** 2 / max(np.sum(mine**2), 1) for mine in (
        clicks[np.unique(np.asarray(user)[np.asarray(owner) == o])] for o in range(n_owners))])


CLICKERS = Card(
    id="launch.5", title="How many people are behind these clicks?", minutes=10, difficulty=3, used_in=("this lesson",),
    effect=effects_decisions.bought_clicks_found,
    realistic=sizes.clicks_of_owners,
    task="For every creator, count how often each person clicked its items: c. Return (Σ c)² / Σ c², the **effective number "
         "of clickers**: how many people would give the same if all clicked equally often. A creator without clicks has 0.",
    shapes="`user` int [E], who clicked; `owner` int [E], whose item it was; `n_owners`; E: clicks; returns float [n_owners].",
    why="Three accounts with a hundred clicks each look like three hundred clicks in every counter and like three people here. "
        "Counting distinct people is fooled by a few real clicks beside the bots; this is not, because a count weighs by its "
        "size. It is a reason to look, not a proof: a small creator with a few faithful readers looks alike.",
    reference=effective_clickers, alternative=_clickers_loop, cases=lambda rng: [*_click_cases(rng), *far_launches.click_cases()],
    by_hand=(Case("three clicks of one, one of another: 16 / 10", (np.array([7, 7, 7, 2]), np.array([0, 0, 0, 0]), 2),
                  expected=np.array([1.6, 0.0])),
             Case("one each", (np.array([1, 2, 3]), np.array([1, 1, 0]), 2), expected=np.array([1.0, 2.0]))),
    invariants=(Invariant("ten times the clicks of everyone are as many people", lambda fn, rng: np.allclose(
        fn(np.repeat([1, 1, 2], 10), np.zeros(30, int), 1), fn(np.array([1, 1, 2]), np.zeros(3, int), 1))),),
    mistakes=(
        Mistake("clicks", _each_owner(np.sum), "You count clicks. That is the number which bots push up: ask how many people "
                "made them."),
        Mistake("distinct people", _each_owner(len), "You count distinct people. A few real clicks beside a bot's hundred hide "
                "it: weigh each by their clicks, (Σ c)² / Σ c²."),
        Mistake("concentration", _each_owner(lambda c: (c**2).sum() / c.sum() ** 2),
                "That is the concentration (Herfindahl's index). Turn it over: one over it is a number of people."),
        Mistake("clicks a person", _each_owner(np.mean), "That is the mean number of clicks a person. Spread over many people "
                "it says nothing about the one who clicks most."),
        Mistake("counts of all creators", _elsewhere_too, "You weigh people by all their clicks, wherever they were. Count "
                "the clicks on this creator's items alone."),
        Mistake("the busiest alone", _each_owner(lambda c: c.sum() / c.max()),
                "You divide by the busiest person's clicks. Two bots side by side then pass for twice as many people: use all "
                "counts."),
        Mistake("share of the busiest", _each_owner(lambda c: c.max() / c.sum()), "That is the share of the busiest person. "
                "Use all counts: (Σ c)² / Σ c²."),
        Mistake("the busiest person's clicks", _each_owner(np.max), "You return the largest count. Use all counts: "
                "(Σ c)² / Σ c²."),
        Mistake("sum not squared", _each_owner(lambda c: c.sum() / (c**2).sum()),
                "The sum on top is not squared: (Σ c)² / Σ c². Ten times the clicks must be as many people."),
        Mistake("squares by clicks", _each_owner(lambda c: (c**2).sum() / c.sum()),
                "You divide Σ c² by Σ c: the mean count that a click sees. What is asked for is (Σ c)² / Σ c²."),
        Mistake("squares of counts", _each_owner(lambda c: (c**2).sum()), "You return Σ c² alone. It stands below: "
                "(Σ c)² / Σ c²."),
        Mistake("means for sums", _each_owner(lambda c: c.mean()**2 / (c**2).mean()),
                "You take means for sums. That is the *share* of the clickers who count: times their number it is (Σ c)² / Σ c²."),
        Mistake("root", _each_owner(lambda c: c.sum() / np.sqrt((c**2).sum())),
                "You return the root: Σ c / √(Σ c²). Square it, as four equal people have to give 4."),
        Mistake("spread out", _each_owner(lambda c: 1 - (c**2).sum() / c.sum()**2),
                "That is 1 − concentration (Gini and Simpson's index), a share. One over the concentration is a number of people."),
        Mistake("entropy", _each_owner(_entropy),
                "That is the exponential of the entropy: another effective number, milder with a few large counts. The task has "
                "(Σ c)² / Σ c²."),
        Mistake("variance by n less 1", _each_owner(lambda c: len(c) / (1 + c.var(ddof=1) / c.mean()**2) if len(c) > 1 else 1.0),
                "You use a variance with `ddof=1`. (Σ c)² / Σ c² is n / (1 + variance ÷ mean²) with `ddof=0`."),
        Mistake("clicks by squares of people", _each_owner(lambda c: c.sum()**2 / len(c)**2),
                "You divide by the squared number of people. Below stands the sum of squared counts."),
        Mistake("clicks by people, squared on top", _each_owner(lambda c: c.sum()**2 / len(c)),
                "You divide by the number of people. Below stands the sum of squared counts."),
        Mistake("one where nobody clicked", _without(1.0), "You give a creator without clicks 1. It has 0."),
        Mistake("NaN where nobody clicked", _without(np.nan), "You divide 0 by 0 for a creator without clicks. It has 0."),
        Mistake("stretches of one person", _runs,
                "You count stretches of rows, so that a person who comes back counts as another. The rows are in no order: "
                "count by person."),
        Mistake("digits glued together", _glued,
                "You glue creator and person together as text. Creator 1 with person 11 and creator 11 with person 1 then look alike: "
                "keep the two apart, as a pair."),
        Mistake("all creators together", lambda user, owner, n_owners: np.full(
            n_owners, effective_clickers(user, np.zeros(len(user), int), 1)[0]),
                "You put all creators' clicks together. Count apart for each."),
        Mistake("creators without clicks left out", lambda user, owner, n_owners: effective_clickers(
            user, owner, n_owners)[np.unique(owner)],
                "You leave out creators without clicks. Return one value for each of `n_owners`, 0 for those."),
        Mistake("up to the last creator with clicks", lambda user, owner, n_owners: effective_clickers(
            user, owner, n_owners)[:np.max(owner) + 1],
                "Your answer ends with the last creator who has clicks. Return `n_owners` values: `minlength` of bincount."),
        *people_slips.MISTAKES,
    ),
    hints=("First a table of creator × person → clicks; then one number a row.",
           "`np.unique(np.stack([owner, user]), axis=1, return_counts=True)` gives the pairs and their counts.",
           "`np.bincount(pairs[0], count, n_owners)` adds up by creator; do it for `count` and for `count**2`."),
)
