"""Releases: what answers is one object, so that its parts change together; others may run beside it.

A `Release` never changes once it is made. `Releases` says which one answers whom: the current one, a canary for a share
of people, and a shadow that answers everybody and is heard by nobody. Letters: N items, U users, S segments.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, Requests
from course_lib.serving.checks import kept_by, strangers_apart
from course_lib.serving.recommender import Recommender
from course_lib.serving.rows import compact
from course_lib.serving.service.ask_schema import Ask, Refused
from course_lib.serving.service.own_ids import OwnIds
from course_lib.stages.filters import Eligible

LIST_LENGTH = 300       # of a segment, before what somebody took is left out


@dataclass(frozen=True)
class SegmentLists:
    """of_user: int (U,), the segment of each user. lists: int (S, n), what each segment took most, best first, -1 pads.
    Segment 0 is everybody, for those of whom nothing is known."""

    of_user: np.ndarray
    lists: np.ndarray

    @classmethod
    def of(cls, events: pd.DataFrame, n_users: int, n_items: int, kind=None, least: int = 200) -> SegmentLists:
        """A person's segment is the kind of item that they took most; a kind with fewer than `least` events has none.

        events: table with user, item. kind: int (N,), of each item, -1 for none; None: everybody is in segment 0.
        """
        user, item = events["user"].to_numpy(), events["item"].to_numpy()
        of_user, lists = np.zeros(n_users, np.int64), [_most_taken(item, n_items)]
        if kind is not None:
            kinds = np.asarray(kind)[item]
            table = pd.DataFrame({"user": user, "kind": kinds})[kinds >= 0].value_counts().reset_index()
            favourite = table.drop_duplicates("user").set_index("user")["kind"]
            of_event = pd.Series(user).map(favourite).to_numpy()
            for value in np.unique(favourite):
                mine = of_event == value
                if mine.sum() >= least:
                    of_user[favourite.index[favourite == value]] = len(lists)
                    lists.append(_most_taken(item[mine], n_items))
        return cls(of_user, np.array(lists))

    def list_of(self, user: int) -> np.ndarray:
        """int (n,): the list of the segment of user; everybody's for a newcomer."""
        return self.lists[self.of_user[user] if 0 <= user < len(self.of_user) else 0]


def _most_taken(item: np.ndarray, n_items: int) -> np.ndarray:
    count = np.bincount(item, minlength=n_items)
    best = np.argsort(-count, kind="stable")[:LIST_LENGTH]
    return np.where(count[best] > 0, best, -1)


@dataclass(frozen=True)
class Release:
    """All that answers a request, in one object that does not change.

    name: as people call it. system: Recommender. n_users, n_items: ids below these are known. eligible: int (N,), what
    is on offer, ascending. segments: SegmentLists. static: int (n,), chosen by hand. numbering: the same text for
    releases that mean the same items by the same numbers; a slate that one kept is shown under another only then.
    names: OwnIds, where the log's own ids are known.
    """

    name: str
    system: Recommender
    n_users: int
    n_items: int
    eligible: np.ndarray
    segments: SegmentLists
    static: np.ndarray
    numbering: str = ""
    names: OwnIds | None = None
    _rules: list = field(init=False, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "_rules", self.system.filters)

    @classmethod
    def of(cls, system: Recommender, events: pd.DataFrame, n_users: int, n_items: int, name: str = "first", *,
           withdrawn=(), kind=None, static=None) -> Release:
        """A release around any recommender, such as one of towers and an index, which then change together.

        events: table with user, item; what segments take most is counted in it. withdrawn: items that must not be
        shown. kind: int (N,), of each item, by which people are put into segments. static: int (n,); None: what is
        taken most. By which names items are numbered is told by system.ids; without them releases of as many items are
        taken to number the same ones alike.
        """
        eligible = np.setdiff1d(np.arange(n_items), np.asarray(withdrawn, int)).astype(np.int32)
        segments = SegmentLists.of(events, n_users, n_items, kind)
        static = segments.lists[0][:50] if static is None else np.asarray(static)
        names = None if system.ids is None else OwnIds(system.ids)
        return cls(name, system, n_users, n_items, eligible, segments, static, numbering_of(system.ids, n_items), names)

    @classmethod
    def of_funnel(cls, system, name: str = "first", withdrawn=()) -> Release:
        """A release around a FunnelRecommender, which knows its own past and static list. People's segments go by the
        first column by which it caps its slates, if there is one."""
        fitted = system.funnel.fitted
        kind = next(iter(system.columns.values()), None)
        return cls.of(system, fitted.past.events, fitted.n_users, fitted.n_items, name, withdrawn=withdrawn, kind=kind,
                      static=system.made_with["static"])

    def person(self, user: int) -> int | str:
        """By what user is known to those who outlive this release: their own id, their number where there are no ids;
        -1 for somebody new."""
        return self.names.users[user] if self.names is not None and user >= 0 else user

    def told(self, recent: dict[int, list[int]] | dict[str, list[str]]) -> dict[int | str, list[int] | list[str]]:
        """{person: items} as the store keeps them: by own ids where they are known, else by numbers.

        recent: {user: items}, all numbers or all own ids. Raises Refused where one cannot be said in the other.
        """
        own = any(isinstance(one, str) for one in recent)
        if own and self.names is None:
            raise Refused(422, "the ids of the log are not known here; expected numbers from 0")
        if own or self.names is None:
            return recent
        items = [item for row in recent.values() for item in row]
        if max(recent, default=0) >= self.n_users or max(items, default=0) >= self.n_items:
            raise Refused(422, f"users are 0 to {self.n_users - 1} and items 0 to {self.n_items - 1}")
        return {self.person(user): self.names.of_items(row) for user, row in recent.items()}

    def numbers_as(self, other: Release) -> bool:
        """Whether people and items have the same numbers here as in another release."""
        people = [None if one.names is None else one.names.digest for one in (self, other)]
        return self.numbering == other.numbering and people[0] == people[1]

    def translated(self, ask: Ask, there: Release) -> Ask | None:
        """The same request in the numbers of another release; None where it does not know the person or an item."""
        if self.numbers_as(there):
            known = ask.user < there.n_users and all(item < there.n_items for item in ask.session)
            return ask if known else None
        if self.names is None or there.names is None:
            return None
        user = -1 if ask.user < 0 else there.names.user_of.get(self.person(ask.user))
        session = [there.names.item_of.get(item) for item in self.names.of_items(ask.session)]
        if user is None or None in session:
            return None
        return ask.model_copy(update={"user": user, "session": session})

    def requests(self, users, sessions: list[list[int]], k: int, request_id=None) -> Requests:
        """Requests of several people, -1 for newcomers. sessions: their items, latest last. request_id: int (B,), by
        which what is drawn is drawn; None: from 0."""
        width = max((len(session) for session in sessions), default=0)
        padded = np.full((len(sessions), width), -1, np.int32)
        for row, session in enumerate(sessions):
            if session:
                padded[row, width - len(session):] = session
        return strangers_apart(Requests.of(np.asarray(users), eligible=self.eligible, slate_size=k,
                                           session_items=padded if width else None, request_id=request_id))

    def allowed(self, user: int, session: list[int], items: np.ndarray, k: int) -> np.ndarray:
        """int (≤ k,): of items those that pass every hard filter, in their order.

        A filter that is down lets nothing through but what is on the static list and on offer.
        """
        requests = self.requests([user], [session], k)
        item = np.asarray(items, np.int32)[None]
        for rule in self._rules:
            item = np.where((item >= 0) & kept_by(rule, requests, item), item, -1)
        return compact(item)[0, :k][:int((item >= 0).sum())]

    def on_offer(self, k: int) -> np.ndarray:
        """int (≤ k,): the static list, as far as it is on offer: what is shown when a filter itself is down."""
        requests = self.requests([-1], [[]], k)
        item = self.static[None].astype(np.int32)
        return item[Eligible().keep(requests, item)][:k]


def numbering_of(ids, n_items: int) -> str:
    """What tells numberings of items apart. ids: RawIds or None."""
    if ids is None:
        return f"{n_items} items without names"
    named = hashlib.blake2b(digest_size=16)
    for raw in np.asarray(ids.items.decode(np.arange(len(ids.items)))).tolist():
        named.update(f"{type(raw).__name__}:{len(str(raw))}:{raw};".encode())
    return named.hexdigest()


class Releases:
    """current: who answers. canary, canary_share: who answers that share of people in its place. shadow, shadow_share:
    who is asked besides for that share of requests, without being heard. A request asks once, at its start, and keeps
    what it got, so that a change in the middle cannot mix two releases."""

    def __init__(self, current: Release):
        self._lock = threading.Lock()
        self.current, self.canary, self.canary_share = current, None, 0.0
        self.shadow, self.shadow_share = None, 0.0
        self._named: dict[str, weakref.ref[Release]] = {}       # one that answers nobody any more is let go
        self.claim(current)

    def of(self, user: int, trace: str) -> Release:
        """Who answers user, a number of the current release. The same person always gets the same, by a hash of their
        own id or number; newcomers by their trace."""
        canary, share = self.canary, self.canary_share
        who = str(self.current.person(user)) if user >= 0 else trace
        if canary is not None and _place(who, canary.name) < share:
            return canary
        return self.current

    def shadow_of(self, trace: str) -> Release | None:
        """Who is asked besides, if anybody."""
        shadow = self.shadow
        return shadow if shadow is not None and _place(trace, "shadow") < self.shadow_share else None

    def claim(self, release: Release) -> None:
        """Take release's name for it, before any slate is kept under that name.

        Raises ArgumentError for a name that another release has or had: slates are kept by it.
        """
        with self._lock:
            if self._named.setdefault(release.name, weakref.ref(release))() is not release:
                raise ArgumentError(f"there was a release called {release.name!r} already. Give this one a new name.")

    def change(self, release: Release, role: str = "current", share: float = 1.0) -> None:
        """Put release into a role. It has to be warm already. As "current" it also ends its own canary and shadow.

        Raises ArgumentError for another role, a share outside 0 to 1, and as `claim`.
        """
        if role not in ("current", "canary", "shadow") or not 0 <= share <= 1:
            raise ArgumentError(f"role is {role!r} and share {share}; expected current, canary or shadow, and 0 to 1.")
        self.claim(release)
        with self._lock:
            if role == "canary":
                self.canary, self.canary_share = release, share
            elif role == "shadow":
                self.shadow, self.shadow_share = release, share
            else:
                self.current = release
                self.canary = None if self.canary is release else self.canary
                self.shadow = None if self.shadow is release else self.shadow

    def end(self, role: str) -> None:
        """Take canary or shadow away. Raises ArgumentError for another role: somebody has to answer."""
        if role not in ("canary", "shadow"):
            raise ArgumentError(f"role is {role!r}; a canary or a shadow can end. To end the current release, put "
                                f"another one in its place.")
        with self._lock:
            if role == "canary":
                self.canary, self.canary_share = None, 0.0
            else:
                self.shadow, self.shadow_share = None, 0.0


def _place(who: str, salt: str) -> float:
    """A number in [0, 1) that depends on who and salt alone."""
    return int.from_bytes(hashlib.blake2b(f"{salt}:{who}".encode(), digest_size=8).digest(), "big") / 2**64
