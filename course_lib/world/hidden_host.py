"""A hidden world in a process of its own: `python -m course_lib.world.hidden_host`, asked over its standard input.

Whoever asks holds neither the world nor its truth. It says which world is to be made, answers requests for the policy
that is played, and gets logs and, at the end, what the days were worth. Frames both ways: eight bytes of length, then
a pickle; both ends are the course's own, and what a submission says never comes here but as checked arrays.

Times in what goes out are whole seconds. A start of a session is dice, and all its bits would tell of the seed. What
the log holds of the incumbent's dice can be tried out too, so those have a seed apart, from which the world's cannot
be found.
"""

from __future__ import annotations

import os
import sys
from copy import deepcopy
from dataclasses import replace

import numpy as np

from ..contracts import ArgumentError, Arm, Assignment, DayLog, Requests, Slates
from ..contracts.apart import seed_apart
from ..contracts.framed import receive, send
from . import audience, experiments, feed, marketplace
from .picks import top
from .policies import Familiar, Uniform
from .scenarios import RETURNS_DAYS, LongClicks

MAKE = {"feed": feed, "marketplace": marketplace}
BY = {"feed": "satisfaction", "marketplace": "value"}
INCUMBENT = {"power": 0.7, "boost": 8.0}
ARMS = ("control", "treatment")
DAY_BITS = 30           # request_id >> 30 is its day; README.md, "Ids"


def coarse(told):
    """Requests or a DayLog with times in whole seconds."""
    if isinstance(told, Requests):
        return replace(told, time=np.floor(told.time))
    asked = told.requests.assign(time=np.floor(told.requests["time"]))
    shown = told.impressions.assign(**{name: np.floor(told.impressions[name]) for name in ("time", "click_time")})
    later = told.outcomes.assign(**{name: np.floor(told.outcomes[name]) for name in ("event_time", "arrival_time")})
    return replace(told, requests=asked, impressions=shown, outcomes=later)


class GivenUpError(Exception):
    """Whoever plays has failed: the play is over, the world stands where it stood."""


def answered(source):
    """What the other end answers. Raises GivenUpError for a word in its place."""
    told = receive(source)
    if isinstance(told, str):
        raise GivenUpError(told)
    return told


class Asked:
    """A policy whose slates and lessons come from and go to whoever asks for this world."""

    def __init__(self, source, sink, name: str = "handed in"):
        self.source, self.sink, self.name = source, sink, name

    def slates(self, requests: Requests) -> Slates:
        send(self.sink, ("slates", coarse(requests)))
        return Slates(*answered(self.source))

    def observe(self, day_log: DayLog) -> None:
        send(self.sink, ("day", coarse(day_log)))
        answered(self.source)


class Greedy:
    """The best slate of each request by the truth of its morning, in the request's mood: what "oracle" means here."""

    name = "oracle"

    def __init__(self, world, by: str):
        self.world, self.by, self.truth = world, by, None

    def slates(self, requests: Requests) -> Slates:
        if self.truth is None or self.truth.day != requests.day:
            self.truth = _morning(self.world)
        return top(self.truth.request_scores(requests, by=self.by), requests)


class Hidden:
    """One world at the morning of day 0 of the play, and what may be asked of it."""

    def __init__(self, source, sink):
        self.source, self.sink, self.kind = source, sink, ""

    def make(self, kind: str, seed: int, warm_days: int, people: int, items: int, requests_per_day: float) -> dict:
        """Make the world and let the incumbent serve it for the days of the log. Returns what anyone may see."""
        if kind not in MAKE:
            raise ArgumentError(f"kind is {kind!r}; expected one of {', '.join(MAKE)}.")
        self.kind = kind
        self.world = MAKE[kind](people=people, items=items, requests_per_day=requests_per_day, seed=seed)
        catalog = self.world.catalog()
        self.incumbent = Familiar(catalog, **INCUMBENT, seed=seed_apart(seed, "incumbent"), name="incumbent")
        before = self.world.run(self.incumbent, warm_days)
        return {"before": [coarse(day) for day in before], "catalog": catalog, "users": self.world.users(),
                "slate_size": self.world.slate_size, "people": len(self.world.users())}

    def play(self, who: str, days: int) -> dict:
        """What `days` days are worth where everyone has one policy: "incumbent", "oracle" or "handed in".

        Returns worth, float (days,), as `scenarios.Secret.values` counts it, the days' rows of experiments.summary, how
        many people there are, and the incumbent's logs: those of a policy that is handed in went to whoever asked.
        """
        twin = self.world.fork()
        if who == "incumbent":
            policy = deepcopy(self.incumbent)
        else:
            policy = Greedy(twin, BY[self.kind]) if who == "oracle" else Asked(self.source, self.sink)
        played = twin.run(policy, days)
        told = {"rows": [experiments.summary(day) for day in played], "people": len(twin.users()),
                "days": [coarse(day) for day in played] if who == "incumbent" else []}
        if self.kind == "feed":
            counted = LongClicks(twin)
            for day in played:
                counted.append(day)
            return told | {"worth": np.array(counted.long)}
        after = twin.run(Uniform(), RETURNS_DAYS)    # what the play decided is bought and sent back later
        return told | {"worth": _kept_of_requests([*played, *after], days)}

    def test(self, share: float, salt: int, days: int) -> dict:
        """A split test in one world: the handed-in policy for `share` of people beside the incumbent. Returns {}."""
        arms = (Arm(ARMS[0], deepcopy(self.incumbent), 1 - share), Arm(ARMS[1], Asked(self.source, self.sink), share))
        twin = self.world.fork()
        twin.run(Assignment(arms, salt=salt), days)
        return {"people": len(twin.users())}

    def sample(self, count: int, seed: int) -> Requests:
        """Some of the requests of the coming day, drawn at random; no mood and no seed stands in them."""
        caught = []

        class Catch(Uniform):
            def slates(self, requests):
                caught.append(requests)
                return super().slates(requests)

        self.world.fork().run(Catch(), 1)
        rows = sum(map(len, caught))
        chosen = np.sort(np.random.default_rng(seed).choice(rows, min(count, rows), replace=False))
        names = ("user", "time", "request_id", "session_items", "session", "device")
        joined = {name: np.concatenate([getattr(part, name) for part in caught])[chosen] for name in names}
        self.sampled = replace(caught[0], **joined)
        return coarse(self.sampled)

    def grade(self, slates: np.ndarray, candidates: np.ndarray | None) -> dict:
        """What the sampled requests are worth on average, by the truth of the morning: {name: float (B,)}.

        slates: int (B, K) of a submission. candidates: int (B, C) of its first stage, or None. Names: oracle (the best
        slate), candidates (the best slate out of those), order (the slate's items in the best order), shown.
        """
        truth, requests = _morning(self.world), self.sampled
        look = audience.examination_table(self.world.params, requests.slate_size)
        look = look[self.world._people.patience[requests.user]]
        best = truth.request_scores(requests, by=BY[self.kind])
        found = {"oracle": _sorted_worth(best, look)}
        if candidates is not None:
            found["candidates"] = _sorted_worth(truth.request_scores(requests, candidates, BY[self.kind]), look)
        chance = truth.request_scores(requests, slates, BY[self.kind])
        return found | {"order": _sorted_worth(chance, look), "shown": (chance * look[:, :chance.shape[1]]).sum(axis=1)}


def _morning(world):
    """The truth of a morning, with room for who joins during the day."""
    twin = world.fork()
    twin.users()
    return twin.truth()


def _kept_of_requests(days: list[DayLog], count: int) -> np.ndarray:
    """What was bought and not sent back, float (count,), by the day of the request that it came of."""
    import pandas as pd

    events = pd.concat([day.outcomes for day in days], ignore_index=True)
    events = events[events["kind"].isin(["purchase", "return"])]
    on = (events["request_id"].to_numpy() >> DAY_BITS) - days[0].day
    worth = np.abs(events["value"].to_numpy(float)) * np.where(events["kind"] == "purchase", 1.0, -1.0)
    inside = (on >= 0) & (on < count)
    return np.bincount(on[inside], worth[inside], minlength=count).astype(float)


def _sorted_worth(chance: np.ndarray, look: np.ndarray) -> np.ndarray:
    """Worth of the highest chances, (B, C), in the places of a slate, (B, K), best first; float (B,)."""
    wide = np.pad(chance, ((0, 0), (0, max(look.shape[1] - chance.shape[1], 0))))
    return (-np.sort(-wide, axis=1)[:, :look.shape[1]] * look).sum(axis=1)


def main() -> int:
    """Answer until the input ends. An error of the course is an answer too; any other ends the process."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)                                    # whatever prints must not stand between the frames
    hidden = Hidden(source, sink)
    while True:
        try:
            name, arguments = receive(source)
        except EOFError:
            return 0
        if name not in ("make", "play", "test", "sample", "grade"):
            send(sink, ("error", f"unknown question {name!r}"))
            continue
        try:
            send(sink, ("done", getattr(hidden, name)(**arguments)))
        except GivenUpError:
            continue
        except ArgumentError as error:
            send(sink, ("error", str(error)))
        except EOFError:
            return 0


if __name__ == "__main__":
    sys.exit(main())
