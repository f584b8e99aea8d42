"""MMR for a batch of requests, under caps, with exploration slots whose propensities are known.

`diversity` has MMR for one request as in its paper; here it is what serves. Letters: B requests, C candidates, K slots.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import (
    ArgumentError,
    ConstraintError,
    DayLog,
    Requests,
    Slates,
    as_count,
    as_ids,
    as_numbers,
    check_finite,
    check_shape,
    keyed_uniform,
    repeated,
    unit_rows,
)
from course_lib.stages.reranking.constraints import Cap, shortfall
from course_lib.stages.reranking.diversity import normalised, weight_in_range


class MMRReranker:
    """MMR for a batch, under caps, with exploration slots.

    content: float (N, d); likeness is the cosine. trade_off: λ of `mmr`, on scores stretched to [0, 1] per request.
    caps: Cap objects; creator (int (N,)) with creator_cap adds the usual one. explore: chance that a slot is drawn
    uniformly from all candidates still allowed there; explore_slots: positions (from 1) where that may happen, None
    for all. strict: raise ConstraintError when a slate cannot be filled, instead of leaving slots empty.
    notes: after a call, {row: sentence} for every request whose slate is short or broke a soft cap. A candidate that
    stands in a row twice is taken once. Raises ArgumentError for content that is NaN, weights out of range.

    Departs: with several caps the greedy order may leave a slot empty that another order would fill; the note says so.
    """

    def __init__(self, content, trade_off: float = 0.7, *, creator=None, creator_cap: int | None = None,
                 caps: tuple[Cap, ...] = (), explore: float = 0.0, explore_slots=None, seed: int = 0,
                 strict: bool = False):
        content = np.asarray(content, np.float32)
        if content.ndim != 2:
            raise ArgumentError(f"content has shape {content.shape}; expected (N, d).")
        check_finite(content=content)
        if not 0 <= explore <= 1:
            raise ArgumentError(f"explore is {explore}; expected a chance in [0, 1].")
        self._unit = unit_rows(content)
        self.trade_off, self.explore, self.seed, self.strict = weight_in_range(trade_off), explore, seed, strict
        self.explore_slots = None if explore_slots is None else frozenset(explore_slots)
        self.caps, self.notes = list(caps), {}
        if creator is not None and creator_cap is not None:
            self.caps.append(Cap(creator, creator_cap, f"at most {creator_cap} of one creator", column="creator"))

    def rerank(self, requests: Requests, item: np.ndarray, score: np.ndarray, slate_size: int) -> Slates:
        """Slates (B, slate_size) from item, int (B, C), and score, float (B, C). A request's slate depends on that
        request alone, not on the batch. Raises ArgumentError on scores that are NaN or +inf, UnknownIdError for an item
        without content, ConstraintError if strict."""
        item, score = as_ids("item", item, len(self._unit), padding=True).astype(np.int32), np.asarray(score, float)
        check_shape(item=(item, "BC"), score=(score, "BC"))
        slate_size, bad = as_count("slate_size", slate_size), (np.isnan(score) | np.isposinf(score)) & (item >= 0)
        if bad.any():
            row, place = np.argwhere(bad)[0]
            raise ArgumentError(f"score is {'NaN' if np.isnan(score[row, place]) else 'infinite'} for item "
                                f"{item[row, place]} of request {requests.request_id[row]}. Fix the ranker, or drop "
                                f"the candidate.")
        state = _Slate(item, normalised(np.where(item >= 0, score, -np.inf)), self)
        out = Slates(np.full((len(item), slate_size), -1, np.int32), np.ones((len(item), slate_size), np.float32))
        for slot in range(min(slate_size, item.shape[1])):
            state.fill(requests, slot, out)
        self._note(requests, state, out, slate_size)
        return out

    def _note(self, requests, state, out, slate_size):
        self.notes = dict(state.broken)
        for row in np.flatnonzero((out.item < 0).any(axis=1)):
            self.notes[int(row)] = shortfall(state.item[row], [cap for cap in self.caps if cap.hard], slate_size)
            if self.strict:
                raise ConstraintError(f"request {requests.request_id[row]}: {self.notes[int(row)]}")

    def why(self, item: int, slate: np.ndarray) -> str:
        """Why item is not in slate, int (K,): the cap it would break, or the item it is most like."""
        slate = np.asarray(slate)[np.asarray(slate) >= 0]
        for cap in self.caps:
            value = cap.of(np.array([item]))[0]
            if value >= 0 and (cap.of(slate) == value).sum() >= cap.most:
                return cap.says
        if not len(slate):
            return "no slot was filled"
        like = self._unit[slate] @ self._unit[item]
        return f"likeness {like.max():.2f} to item {slate[int(np.argmax(like))]}, which was chosen before it"

    def observe(self, day_log: DayLog) -> None:
        """Learn content and cap values of the items born that day."""
        for cap in self.caps:
            cap.observe(day_log)
        born = day_log.new_items
        if born is not None and len(born.items):
            place = born.items.index.to_numpy()
            grown = np.zeros((max(len(self._unit), int(place.max()) + 1), self._unit.shape[1]), np.float32)
            grown[: len(self._unit)] = self._unit
            grown[place] = unit_rows(as_numbers("content of newborn items", born.content).astype(np.float32))
            self._unit = grown


class _Slate:
    """The slates of a batch while they are being filled, slot by slot."""

    def __init__(self, item, relevance, rule: MMRReranker):
        self.item, self.relevance, self.rule, self.broken = item, relevance, rule, {}
        self.open = (item >= 0) & np.isfinite(relevance) & ~repeated(item)
        self.nearest = np.zeros(item.shape, np.float32)
        likeness = rule.trade_off < 1                                                 # else it is not asked
        self.unit = rule._unit[np.maximum(item, 0)] if likeness else None             # (B, C, d)
        self.value = [cap.of(item) for cap in rule.caps]
        self.count = [np.zeros(item.shape, np.int16) for _ in rule.caps]

    def allowed(self) -> np.ndarray:
        """bool (B, C): what may fill the next slot; soft caps give way, the last first, where nothing else is left."""
        within = [(value < 0) | (count < cap.most)
                  for cap, value, count in zip(self.rule.caps, self.value, self.count, strict=True)]
        hard = self.open.copy()
        for cap, inside in zip(self.rule.caps, within, strict=True):
            hard &= inside | (not cap.hard)
        best, soft = hard, [place for place, cap in enumerate(self.rule.caps) if not cap.hard]
        for place in soft:                                                            # add soft caps while they fit
            tighter = best & within[place]
            fits = tighter.any(axis=1)
            for row in np.flatnonzero(~fits & best.any(axis=1)):
                self.broken[int(row)] = f"'{self.rule.caps[place].says}' was relaxed to fill the slate"
            best = np.where(fits[:, None], tighter, best)
        return best

    def fill(self, requests: Requests, slot: int, out: Slates) -> None:
        """Choose position slot + 1 of every request and write item and propensity into out."""
        allowed, rule = self.allowed(), self.rule
        rows = np.flatnonzero(allowed.any(axis=1))
        gain = rule.trade_off * self.relevance - (1 - rule.trade_off) * self.nearest
        place = np.argmax(np.where(allowed, gain, -np.inf), axis=1)
        if rule.explore and (rule.explore_slots is None or slot + 1 in rule.explore_slots):
            count, best = allowed.sum(axis=1), place
            lot = keyed_uniform(rule.seed, requests.request_id, slot + 1, 1) < rule.explore
            draw = np.floor(keyed_uniform(rule.seed, requests.request_id, slot + 1, 2) * count)
            drawn = np.argmax(np.cumsum(allowed, axis=1) > draw[:, None], axis=1)     # the draw-th allowed candidate
            place = np.where(lot, drawn, best)
            chance = rule.explore / np.maximum(count, 1) + (1 - rule.explore) * (place == best)
            out.propensity[rows, slot] = chance[rows]
        out.item[rows, slot] = self.item[rows, place[rows]]
        self._take(rows, place[rows], slot)

    def _take(self, rows, place, slot) -> None:
        self.open[rows, place] = False
        if self.unit is not None:
            like = np.einsum("bcd,bd->bc", self.unit[rows], self.unit[rows, place])
            self.nearest[rows] = like if slot == 0 else np.maximum(self.nearest[rows], like)
        for value, count in zip(self.value, self.count, strict=True):
            count[rows] += value[rows] == value[rows, place][:, None]
