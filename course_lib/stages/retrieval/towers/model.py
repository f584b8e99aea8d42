"""TwoTower: learn to retrieve from a table of who took what, when; then score, recommend, embed, save and load."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import torch

from course_lib.contracts import ArgumentError, Candidates, Catalog, Requests, best_k
from course_lib.contracts.moments import far_ahead
from course_lib.stages.retrieval.towers.batches import History
from course_lib.stages.retrieval.towers.feature_columns import feature_matrix, learnt_columns
from course_lib.stages.retrieval.towers.fit_report import report
from course_lib.stages.retrieval.towers.fitting import check_settings, fit_model
from course_lib.stages.retrieval.towers.ids import rows, vocabulary_of
from course_lib.stages.retrieval.towers.interactions import check_interactions, rows_of
from course_lib.stages.retrieval.towers.network import Towers
from course_lib.stages.retrieval.towers.observing import events_of, fresh_rows, grow_items, grown
from course_lib.stages.retrieval.towers.recency import HALF_LIVES_DAYS, bring_forward
from course_lib.stages.retrieval.towers.storage import load_model, save_model
from course_lib.stages.retrieval.towers.vectors import FittedVectors


class TwoTower(FittedVectors):
    """A user tower and an item tower whose product says how well they fit.

    dim: width d of both vectors. loss: one of LOSSES or a function (query, item, item_id, log_q) → scalar.
    similarity: "dot" or "cosine" (with its own temperature). log_q: correct for how often an item is drawn.
    mask_history: what a row's user has taken at another time is no negative of that row (in_batch_softmax alone).
    blocks: parts of the vectors that each learn to rank by themselves, see TowerTask; None: one for every 128 of dim
    with a named loss and "dot", else one. user_id: give each user a vector of their own besides the history.
    shared_table: one vector an item for having been taken and for being offered, not two. start: "random", or
    "spectral", the main directions of who took what (spectral.py). time: True carries recency as an input of the item
    tower, "added" adds a weighted count to the scores, False does neither; "auto" tries them where `valid` lies after
    all of train, as it does when a model is served. horizon_days: how long a trained model will be served before its
    counts are brought up to date; default: twice as long as `valid` lasts, which is the time it takes to choose a model
    and then to serve it as long again. uniform_negatives: rows drawn from the whole catalogue beside the batch's own;
    None: as many as the batch if recency is an input, else none. average: epochs over which weights are averaged, 0 for
    not. patience: checks, one an epoch, without a better valid recall before training stops. trainer: further arguments
    of Lightning's Trainer, such as strategy="ddp", devices=2 (processes.py says how and when); its max_time is the time
    of the whole fit.

    What is left open among dim, start, mask_history, weight_decay and time ("auto") is chosen on the validation part,
    where max_epochs is left open too; what is set is never changed. budget: passes over the events that choosing and
    training may take together; None: 24, or fewer where they would be more than eight million events. max_epochs given:
    nothing is chosen and nothing added; 256, "random", False, 0.1 and "auto" stand for what is open, and "auto" carries
    recency as an input where valid comes later.
    """

    FILE = "model.towers"  # its name in a folder

    def __init__(self, dim=None, loss="in_batch_softmax", *, similarity="dot", temperature=None, log_q=True,
                 mask_history=None, blocks=None, user_id=False, shared_table=False, start=None, time="auto",
                 horizon_days=None, dropout=0.3, id_dropout=None, uniform_negatives=None, batch_size=None,
                 learning_rate=None, weight_decay=None, max_epochs=None, budget=None, patience=3, average=0.5,
                 trainer=None):
        self.settings = {name: value for name, value in locals().items() if name != "self"}
        check_settings(self.settings)

    # --- learning ---------------------------------------------------------------------------------------------------
    def fit(self, interactions, catalog=None, users=None, valid=None, seed: int = 0, progress: bool = True,
            start: TwoTower | None = None):
        """Learn from interactions: table with user, item, time (s); every row is something a user took.

        catalog: Catalog, or a table or array of item features, a row an item; None: ids alone. users: table or array
        of user features. Ids are those of the tables' index where given, else whatever occurs. valid: interactions
        that settings left open are chosen on, and that training stops on (recall@20); None: where something is to be
        chosen, the latest tenth (a random one where time says nothing) is held out for it, then all are trained on.
        progress: Lightning's bar. start: a fitted model to go on from, for all ids that both know; what is open is then
        as it was there. Returns self; self.history_ holds valid recall at each check, fit_report() what was tried.

        Time: that of the budget's passes and of a check after each. Memory: 20 bytes for each of the 2·N·d numbers of
        a trial; as many trials are held as stay below 2 GB, and where not even two do, the best starts again.
        Raises DataError for missing columns or no rows, ArgumentError for NaN, UnknownIdError for ids not in tables.
        """
        check_interactions(interactions, "interactions")
        content = catalog.items if isinstance(catalog, Catalog) else catalog
        self.user_vocabulary = vocabulary_of(interactions["user"], users, "user")
        self.item_vocabulary = vocabulary_of(interactions["item"], content, "item")
        facts = catalog.content if isinstance(catalog, Catalog) else content
        self.columns = {"catalog": learnt_columns(facts, "catalog"), "users": learnt_columns(users, "users")}
        features = [feature_matrix(table, name, self.columns[name])
                    for name, table in (("catalog", facts), ("users", users))]
        fit_model(self, interactions, features, valid, seed, progress, start)
        self._refresh()
        return self

    def fit_report(self) -> pd.DataFrame:
        """What was tried and what was chosen, with popularity, recent counts, EASE and iALS beside it, best first.

        Columns what, settings, recall@20, all on the same validation part, each peer at the best of a few settings.
        The peers are fitted when this is called: seconds, and a minute for EASE at ten thousand items. A model that
        was loaded knows its own rows alone. Raises ArgumentError where nothing was chosen.
        """
        if self.trials_ is None:
            raise ArgumentError("Nothing was chosen: this model was fitted with max_epochs, in several processes, or "
                                "where no event could be judged. Leave max_epochs open, and pass valid=.")
        return report(self)

    def __getattr__(self, name):
        """Called for what is not there: before `fit`, that is the network and the ids."""
        if name in ("net", "user_vocabulary", "item_vocabulary", "past", "trials_", "_item_vectors"):
            kind = type(self).__name__
            raise ArgumentError(f"this {kind} has not been fitted. Call fit(interactions) first, or load a fitted one "
                                f"with {kind}.load(folder).")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _build(self, content, features, seed):
        """A network with fresh weights for the settings in use."""
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.net = self._make_net(content, features)
        known = torch.as_tensor(np.bincount(self.past[1], minlength=self.n_items) > 0)
        self.net.known[:, 0] = known
        with torch.no_grad():
            self.net.taken.weight[~known] = 0.0  # never trained, so never anything but noise in a history

    def _make_net(self, content, features, n_users=None):
        s, id_dropout = self.used, self.used["id_dropout"]
        if id_dropout is None:
            id_dropout = 0.5 if s["time"] else 0.0
        return Towers(n_users or self.n_users, self.n_items, s["dim"], content, features,
                      len(HALF_LIVES_DAYS) if s["time"] else 0, s["user_id"], s["dropout"], id_dropout,
                      s["similarity"] == "cosine" or s["loss"] == "info_nce", s["shared_table"])

    # --- going on ---------------------------------------------------------------------------------------------------
    def observe(self, later, new_items=None):
        """Take later events into histories and counts without training: what a feature store does between trainings.

        later: table with user, item, time, or a DayLog (its clicks). An event that was taken before is left out, and
        so is one on an unknown item; a user not known at fit becomes one with a history. new_items: table of features
        with the new ids as its index and the columns of the catalogue at fit; a DayLog brings its own. A model without
        content and recency has no vector for a new item: it is left out with a warning. A warning also tells of times
        further ahead than the known past is long. self.observed_ counts what became of the events: taken, repeated,
        unknown_item, newcomers. Returns self.
        """
        events, born = events_of(later, new_items)
        if born is not None:
            self._add_items(*born)
        quiet_day = events is not later and len(events) == 0
        if not quiet_day:
            check_interactions(events, "interactions")
        fresh, self.observed_ = fresh_rows(events, self.past, self.user_vocabulary, self.item_vocabulary)
        if len(fresh):
            if warning := far_ahead(fresh["time"], self.past[2][0], self.past[2][-1]):
                warnings.warn(warning, stacklevel=2)
            self._take(fresh)
        self._refresh()
        return self

    def _take(self, fresh) -> None:
        """Events that are new: into vocabularies, histories and counts."""
        self.user_vocabulary = grown(self.user_vocabulary, fresh["user"])
        user, item, time = rows_of(fresh, self.user_vocabulary, self.item_vocabulary)
        past = [np.r_[old, new] for old, new in zip(self.past, (user, item, time), strict=True)]
        order = np.argsort(past[2], kind="stable")
        self.past = tuple(part[order] for part in past)
        self.history = History(*self.past, self.n_users)
        now = max(self.counts_at, float(time.max()) + 1)
        self.counts = bring_forward(self.counts, self.counts_at, now, time, item, self.clock.half_lives)
        self.counts_at = now
        self.all_time = self.all_time + np.bincount(item, minlength=self.n_items)

    def _add_items(self, ids, facts) -> None:
        """Rows for items that are new, from their content and recency."""
        ids = np.asarray(ids)
        unknown = rows(self.item_vocabulary, ids, strict=False) < 0
        if not unknown.any():
            return
        if self.net.item_content is None and self.net.recency is None:
            warnings.warn(f"{unknown.sum()} new items are left out: this model was fitted without catalog=, so nothing "
                          f"tells where they belong. Fit again when they have events.", stacklevel=3)
            return
        content = None
        if self.net.item_content is not None:
            content = self._content(facts, "new_items")[torch.as_tensor(unknown)]
        more = int(unknown.sum())
        self.item_vocabulary = grown(self.item_vocabulary, ids[unknown])
        grow_items(self.net, content, more)
        self.counts = np.vstack([self.counts, np.zeros((more, self.counts.shape[1]))])
        self.all_time = np.r_[self.all_time, np.zeros(more)]

    def _refresh(self):
        self.net.eval()
        self._item_vectors = None

    # --- answers ----------------------------------------------------------------------------------------------------
    def score(self, users) -> np.ndarray:
        """float32 (B, N), higher is better; column n is the n-th item of the vocabulary (item n where ids are dense).

        Raises UnknownIdError for users not known at fit.
        """
        return self.embed_users(users) @ self.embed_items().T

    def recommend(self, users, k: int, exclude_seen: bool = True) -> np.ndarray:
        """(B, k) item ids, best first; −1 (or None where ids are no integers) where fewer than k are left.

        Equal scores go by the order of the vocabulary, which is that of ids. Raises UnknownIdError."""
        known = rows(self.user_vocabulary, users)
        score = self.score(users)
        if exclude_seen:
            owner = np.repeat(np.arange(len(known)), np.diff(self.history.start)[known])
            score[owner, np.concatenate([np.empty(0, int)] + [
                self.history.item[self.history.start[r]:self.history.start[r + 1]] for r in known])] = -np.inf
        top = best_k(score, k)
        ids = self.item_vocabulary.ids
        missing = -1 if np.issubdtype(ids.dtype, np.integer) else None
        return np.where(top < 0, missing, ids[np.maximum(top, 0)])

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n best eligible items for each request, by exact search."""
        eligible = rows(self.item_vocabulary, requests.eligible, strict=False)
        eligible = eligible[eligible >= 0]
        if not len(eligible):
            size = (len(requests.user), n)
            return Candidates(np.full(size, -1, np.int32), np.full(size, -np.inf, np.float32))
        score = self.embed_requests(requests) @ self.embed_items()[eligible].T
        top = best_k(score, n)
        picked = np.where(top < 0, -np.inf, np.take_along_axis(score, np.maximum(top, 0), 1))
        item = np.where(top < 0, -1, self.item_vocabulary.ids[eligible[np.maximum(top, 0)]])
        return Candidates(item.astype(np.int32), picked.astype(np.float32))

    # --- keeping ----------------------------------------------------------------------------------------------------
    def save(self, folder):
        """Write the model to a folder: weights, histories, counts and settings, with checksums. Returns the folder."""
        return save_model(self, folder)

    @classmethod
    def load(cls, folder) -> TwoTower:
        """The model that save wrote. Raises CorruptError where a file is damaged, DataError where none is there."""
        return load_model(cls, folder)
