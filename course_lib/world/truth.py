"""What no log shows: probabilities of clicks, satisfaction and value, and what a policy would really earn.

A Truth keeps a copy of the world as it was; nothing in a log, a request or a policy leads to it. Lessons use it to
grade. Probabilities are for one who looks at the item; multiply by `examination()` for a position. They leave out the
lift of novelty, which belongs to a change of policy and not to a pair; bots have no taste, and probability 0.

Probabilities of a pair know the memory of the morning: whoever clicks an item is less likely to click it again, and
what is clicked on the day itself is not in them. `expected_reward` and `expected_of_day`, which add up what is shown,
do count what a person was shown earlier on the same day.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from ..contracts import ArgumentError, DayLog, Requests, UnknownIdError
from . import arms, audience, outcomes, sameday, weather
from .behaviour import affinity_of, joy_of, personal_pull, want_of
from .blocks import check_whole
from .dice import sigmoid
from .today import BLOCK_S

KINDS = ("click", "satisfaction", "value")


@njit(cache=True)
def _past(crowd, rates, user, day, place, bump):
    """Write into bump, float64 (C,), the logits that a person's memory and inbox add; place: column of each item."""
    for m in range(crowd.memory.shape[1]):
        i = crowd.memory[user, m]
        if i >= 0 and place[i] >= 0:
            bump[place[i]] = rates.repeat
    if rates.inbox != 0.0:
        for m in range(crowd.inbox_item.shape[1]):
            i = crowd.inbox_item[user, m]
            if i < 0 or place[i] < 0 or day - crowd.inbox_day[user, m] > rates.inbox_days:
                continue
            again = False
            for before in range(m):
                again = again or (crowd.inbox_item[user, before] == i
                                  and day - crowd.inbox_day[user, before] <= rates.inbox_days)
            bump[place[i]] += 0.0 if again else rates.inbox


@njit(cache=True, nogil=True)
def _chances(user, item, mood, day, centre, crowd, shelf, rates, gain, history, kind, out):
    """Fill out, (B, C), for items (B or 1, C). kind: 0 click, 1 satisfied click, 2 value. gain: value of a sale."""
    shared = item.shape[0] == 1
    place, bump = np.full(len(shelf.pull), -1), np.zeros(item.shape[1])
    if shared:
        for c in range(item.shape[1]):
            place[item[0, c]] = c
    for b in range(len(user)):
        row, u = 0 if shared else b, user[b]
        if shared and history:
            bump[:] = 0.0
            _past(crowd, rates, u, day, place, bump)
        for c in range(item.shape[1]):
            i = item[row, c]
            if i < 0 or crowd.bot_of[u] >= 0:
                out[b, c] = 0.0
                continue
            affinity = affinity_of(crowd, shelf, centre, u, i, mood[b], rates.mood_weight)
            logit = shelf.pull[i] + rates.taste * affinity
            if history and not shared:
                logit += personal_pull(crowd, shelf, rates, u, i, day)
            else:
                logit += bump[c] - rates.price * crowd.thrift[u] * shelf.log_price[i]
            out[b, c] = sigmoid(logit)
            if kind > 0:
                out[b, c] *= joy_of(shelf, rates, i, affinity)
            if kind == 2 and rates.shop:
                out[b, c] *= want_of(crowd, shelf, rates, u, i, affinity) * gain[i]


def _of_world(user, session, day):
    """Did the world make these requests? Their sessions' ids say so."""
    return len(session) > 0 and bool(((np.asarray(session) >> 3) == (np.int64(day) << 24 | user)).all())


def _ids(name, value):
    """value as int64, or ArgumentError where that would change it."""
    value = np.asarray(value)
    whole = value.dtype.kind in "iu" or (value.dtype.kind == "f" and (value == np.floor(value)).all())
    if value.size and not whole:
        raise ArgumentError(f"{name} is of dtype {value.dtype} and begins {value.reshape(-1)[:3].tolist()}; expected "
                            f"whole numbers.")
    return value.astype(np.int64)


class Truth:
    """Made by `world.truth()`; not by hand. Days may lie ahead: freshness and trends follow, state stays as it is."""

    def __init__(self, world):
        self._world, self._shelves = world, {}
        self.day = world.day

    def _shelf(self, day):
        world = self._world
        if day not in self._shelves:
            self._shelves = {day: weather.shelf_of(world.seed, world.params, world._items, world._state.counter, day)}
        return self._shelves[day]

    def _gain(self):
        """Expected money from a sale, net of returns, float64 (N,); a returned sale earns nothing."""
        items = self._world._items
        back = outcomes.return_chance(self._world.params, items.quality)
        return items.margin * (1 - back)

    def _kind(self, by):
        if by not in KINDS:
            raise ArgumentError(f"by is {by!r}; expected one of {', '.join(KINDS)}.")
        return KINDS.index(by)

    def _known(self, user):
        people = len(self._world._people.visits)
        if user.size and (user.min() < 0 or user.max() >= people):
            raise UnknownIdError(f"person {user[(user < 0) | (user >= people)][0]} does not exist; expected 0 to "
                                 f"{people - 1}.")
        return user

    def _evaluate(self, user, item, mood, day, by, history):
        world = self._world
        user, item = _ids("user", user), np.atleast_2d(_ids("item", item))
        check_whole("day", day, 0)
        known = len(world._items.quality)
        self._known(user)
        if item.size and (item.max() >= known or (len(item) == 1 and item.min() < 0)):
            bad = item.max() if item.max() >= known else item.min()
            raise UnknownIdError(f"item {bad} is not born on day {world.day}; expected ids below {known}. Take "
                                 f"a new truth() from the world.")
        out = np.empty((len(user), item.shape[1]))
        _chances(user, item, mood, day, world._centre, weather.crowd_of(world._people, world._state),
                 self._shelf(day), world._rates, self._gain(), history, self._kind(by), out)
        return out

    def _pairs(self, user, item, day, by):
        user, item = np.broadcast_arrays(np.asarray(user), np.asarray(item))
        flat = self._evaluate(user.reshape(-1), item.reshape(-1, 1), np.full(user.size, -1, np.int8),
                              self.day if day is None else day, by, False)
        return flat.reshape(user.shape)

    def click_probability(self, user, item, day: int | None = None) -> np.ndarray:
        """P(click | looked at), by the long-term taste, in no mood, at first sight. user, item: broadcast ints."""
        return self._pairs(user, item, day, "click")

    def satisfaction(self, user, item, day: int | None = None) -> np.ndarray:
        """P(clicked and satisfied | looked at). Shapes as click_probability."""
        return self._pairs(user, item, day, "satisfaction")

    def value(self, user, item, day: int | None = None) -> np.ndarray:
        """Expected worth of a look: in a shop, margin net of returns in money; in a feed, satisfied clicks."""
        return self._pairs(user, item, day, "value")

    def examination(self, position, user=None) -> np.ndarray:
        """P(looked at | position), positions from 1; of the middle person, or of each user given."""
        position = _ids("position", position)
        if position.size and position.min() < 1:
            raise ArgumentError(f"position is {position.min()}; expected whole numbers from 1, the top.")
        level = 4 if user is None else self._world._people.patience[self._known(_ids("user", user))]
        return audience.examination_table(self._world.params, int(position.max(initial=1)))[level, position - 1]

    def eligible(self, day: int | None = None) -> np.ndarray:
        """Items alive on a day and in stock now, int32 (N,)."""
        day, items = self.day if day is None else day, self._world._items
        alive = (items.born_day < day) & (items.death_day > day) & (self._world._state.stock > 0)
        return np.flatnonzero(alive).astype(np.int32)

    def scores(self, users, items=None, day: int | None = None, by: str = "satisfaction") -> np.ndarray:
        """Chances of each user with each item (default: eligible), float64 (B, N); by: click, satisfaction, value."""
        day = self.day if day is None else day
        items = self.eligible(day) if items is None else np.asarray(items)
        users = np.atleast_1d(np.asarray(users))
        return self._evaluate(users, items, np.full(len(users), -1, np.int8), day, by, False)

    def best(self, users, k: int = 10, day: int | None = None, by: str = "satisfaction", eligible=None) -> np.ndarray:
        """The k best items of each user, best first, int32 (B, k)."""
        check_whole("k", k, 1)
        day = self.day if day is None else day
        items = self.eligible(day) if eligible is None else np.asarray(eligible)
        score = -self.scores(users, items, day, by)
        part = np.argpartition(score, min(k, len(items)) - 1, axis=1)[:, :k] if k < len(items) else \
            np.broadcast_to(np.arange(len(items)), score.shape)
        order = np.take_along_axis(part, np.argsort(np.take_along_axis(score, part, 1), axis=1, kind="stable"), 1)
        return items[order].astype(np.int32)

    def moods_of(self, requests: Requests) -> np.ndarray:
        """The category each request's session is after, int8 (B,), -1 none; requests not made by the world: none."""
        if not _of_world(requests.user, requests.session, requests.day):
            return np.full(len(requests), -1, np.int8)
        return self._moods(requests.user, requests.session, requests.day)

    def _moods(self, user, session, day):
        world = self._world
        pull = weather.mood_weights(world.seed, world.params, day)
        return audience.moods(world.seed, world.params, day, user, (session & 7).astype(np.int64), pull)

    def _waves(self, user, request_id, day):
        """Number of the wave in which the world serves each request, int (B,)."""
        start = audience.start_times(self._world.seed, day, user, (request_id >> 3) & 7)
        return (start // BLOCK_S).astype(np.int64) * audience.MAX_STEPS + (request_id & 7)

    def request_scores(self, requests: Requests, item=None, by: str = "satisfaction") -> np.ndarray:
        """Chances for real requests, their mood and their past until the morning included.

        item: int (B, C), default all eligible. Returns float64 (B, C)."""
        item = requests.eligible if item is None else item
        return self._evaluate(requests.user, item, self.moods_of(requests), requests.day, by, True)

    def expected_reward(self, policy, requests: Requests, by: str = "click") -> np.ndarray:
        """What a policy's slates would earn, float64 (B,): chances × examination, summed over the slate.

        For a policy that randomises, this is exact for the slates drawn; average over requests. Requests that the
        world made are taken for all that their people ask on that day: an item shown again counts for what a second
        look brings, its first click being in memory. So pass a day's requests in one call. Requests of your own
        (Requests.of) are each taken for the first of the day.
        """
        item, _ = arms.answer(policy, requests)
        look = audience.examination_table(self._world.params, item.shape[1])
        look = look[self._world._people.patience[requests.user]]
        worth = self.request_scores(requests, item, by) * look
        if _of_world(requests.user, requests.session, requests.day):
            b, k = np.nonzero(item >= 0)
            worth[b, k] = self._with_repeats(worth[b, k], requests.user[b], item[b, k], look[b, k],
                                             requests.request_id[b], requests.day)
        return worth.sum(axis=1)

    def expected_of_day(self, day_log: DayLog, by: str = "click") -> np.ndarray:
        """What each impression of a day was expected to earn, float64, along day_log.impressions.

        Take the truth before the world runs that day; its sum is what the day's clicks come to on average, given what
        was shown. Clicks of bots (0 here; `hidden_users().bot` names them), the lift of novelty and what the day's own
        clicks and shares do to counters and inboxes are not in it. Raises ArgumentError for another day.
        """
        if day_log.day != self.day:
            raise ArgumentError(f"day_log is of day {day_log.day}, this truth of the morning of day {self.day}. Take "
                                f"world.truth() before the world runs the day.")
        shown = day_log.impressions
        user, item, position, request_id = (shown[name].to_numpy() for name in
                                            ("user", "item", "position", "request_id"))
        look = audience.examination_table(self._world.params, int(position.max(initial=1)))
        look = look[self._world._people.patience[user], position - 1]
        mood = self._moods(user, request_id >> 3, self.day)
        chance = self._evaluate(user, item.reshape(-1, 1), mood, self.day, by, True)[:, 0]
        return self._with_repeats(chance * look, user, item, look, request_id, self.day)

    def _with_repeats(self, worth, user, item, look, request_id, day):
        """worth, float64 (n,), of impressions of one day, where an item shown again is one that may be in memory."""
        world, worth = self._world, worth.copy()
        pair = user.astype(np.int64) * len(world._items.quality) + item
        wave = self._waves(user, request_id, day)
        at = sameday.repeated(pair, wave)
        if not world._rates.repeat or not len(at):
            return worth
        user, item, look = user[at], item[at].astype(np.int64), look[at]
        first = self._evaluate(user, item.reshape(-1, 1), self._moods(user, request_id[at] >> 3, day), day, "click",
                               True)[:, 0]
        known = (world._state.memory[user] == item[:, None]).any(axis=1)
        again = np.where(known, first, sameday.lowered(first, world._rates.repeat))
        clicked = sameday.click_chances(pair[at], wave[at], look, first, again)
        worth[at] *= np.divide(clicked, first * look, out=np.zeros(len(at)), where=first * look > 0)
        return worth

    def hidden_items(self):
        """Hidden facts of every item: quality, appeal, spam, buzz, death_day, pieces in stock now and, in a shop, the
        chance that a sale comes back. Index = item id."""
        import pandas as pd

        items, world = self._world._items, self._world
        names = ("quality", "appeal", "spam", "buzz", "death_day")
        back = outcomes.return_chance(world.params, items.quality) * world.params.shop.on
        return pd.DataFrame({name: getattr(items, name) for name in names} | {"stock": world._state.stock,
                                                                              "return_chance": back})

    def hidden_users(self):
        """Hidden facts of every person: visits a day, patience level, thrift, bot, gone, smoothed satisfaction."""
        import pandas as pd

        people, state = self._world._people, self._world._state
        n = audience.people_by(self._world.day, self._world.params)
        return pd.DataFrame({"visits": people.visits[:n], "patience": people.patience[:n], "thrift": people.thrift[:n],
                             "bot": people.bot_of[:n] >= 0, "gone": state.gone[:n], "glow": state.glow[:n]})

    def learn_items(self, day_log: DayLog) -> None:
        """Let an oracle that runs for days know the items born since, and today's public counters."""
        world, born = self._world, day_log.new_items
        ids = np.zeros(0, int) if born is None else born.items.index.to_numpy()
        world._take_in(ids[ids >= len(world._items.quality)], day_log.day)
        world._make_room(audience.people_by(day_log.day + 1, world.params))
        world.day = self.day = day_log.day + 1
        self._shelves = {}
