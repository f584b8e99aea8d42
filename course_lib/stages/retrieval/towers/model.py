"""TwoTower: learn to retrieve from a table of who took what, when; then score, recommend, embed, save and load."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch

from course_lib.contracts import (
    DAY_S,
    ArgumentError,
    Candidates,
    Catalog,
    DataError,
    Requests,
    ShapeError,
    as_numbers,
    best_k,
)
from course_lib.stages.retrieval.towers.batches import History, Vocabulary, feature_matrix
from course_lib.stages.retrieval.towers.network import LOSSES, Towers
from course_lib.stages.retrieval.towers.recency import bring_forward
from course_lib.stages.retrieval.towers.storage import load_model, save_model
from course_lib.stages.retrieval.towers.training import train_towers


class TwoTower:
    """A user tower and an item tower whose product says how well they fit.

    dim: width d of both vectors. loss: one of LOSSES or a function (query, item, item_id, log_q) → scalar.
    similarity: "dot" or "cosine" (with its own temperature). log_q: correct for how often an item is drawn.
    blocks: parts of the vectors that each learn to rank by themselves, see TowerTask; None: one for every 128 of dim
    with a named loss and "dot", else one. user_id: give each user a vector of their own besides the history.
    shared_table: one vector an item for having been taken and for being offered, not two. time: carry recency as an
    item input; "auto" does where `valid` lies after all of train, as it does when a model is served. horizon_days: how
    long a trained model will be served before its counts are brought up to date; default: twice as long as `valid`
    lasts, which is the time it takes to choose a model and then to serve it as long again.
    uniform_negatives: rows drawn from the whole catalogue beside the batch's own; None: as many as the batch if time
    is carried, else none. average: epochs over which weights are averaged, 0 for not. patience: checks without a better
    valid recall before training stops; twice an epoch where time is carried, else once. trainer: further arguments of
    Lightning's Trainer, such as strategy="ddp", devices=2 (processes.py says how and when).
    """

    def __init__(self, dim=256, loss="in_batch_softmax", *, similarity="dot", temperature=None, log_q=True,
                 blocks=None, user_id=False, shared_table=False, time="auto", horizon_days=None, dropout=0.3,
                 id_dropout=None, uniform_negatives=None, batch_size=None, learning_rate=None, weight_decay=0.1,
                 max_epochs=20, patience=5, average=0.5, trainer=None):
        if not callable(loss) and loss not in LOSSES:
            raise ArgumentError(f"loss is {loss!r}; expected one of {', '.join(LOSSES)}, or a function.")
        if similarity not in ("dot", "cosine"):
            raise ArgumentError(f"similarity is {similarity!r}; expected dot or cosine.")
        if not dim >= 1 or dim % 1 or not 0 <= dropout < 1 or time not in ("auto", True, False):
            raise ArgumentError(f"dim is {dim}, dropout {dropout}, time {time!r}; expected dim of at least 1, "
                                f"0 ≤ dropout < 1 and time auto, True or False.")
        if blocks is not None and (not 1 <= blocks <= dim or dim % blocks):
            raise ArgumentError(f"blocks is {blocks} and dim {dim}; expected blocks that divide dim.")
        self.settings = {name: value for name, value in locals().items() if name != "self"}

    # --- learning ---------------------------------------------------------------------------------------------------
    def fit(self, interactions, catalog=None, users=None, valid=None, seed: int = 0, progress: bool = True):
        """Learn from interactions: table with user, item, time (s); every row is something a user took.

        catalog: Catalog, or a table or array of item features, a row an item; None: ids alone. users: table or array
        of user features. Ids are those of the tables' index where given, else whatever occurs. valid: interactions
        to stop on (recall@20); None trains max_epochs. progress: Lightning's bar. Returns self; self.history_ holds
        valid recall at each check.
        Raises DataError for missing columns or no rows, ArgumentError for NaN, UnknownIdError for ids not in tables.
        """
        _check_table(interactions, "interactions")
        content = catalog.items if isinstance(catalog, Catalog) else catalog
        self.user_vocabulary = Vocabulary.of(interactions["user"], users, "user")
        self.item_vocabulary = Vocabulary.of(interactions["item"], content, "item")
        self._remember(interactions)
        self._build(feature_matrix(catalog.content if isinstance(catalog, Catalog) else content, "catalog"),
                    feature_matrix(users, "users"), valid, seed)
        self.history_ = train_towers(self, valid, seed, progress)
        self._refresh()
        return self

    def __getattr__(self, name):
        """Called for what is not there: before `fit`, that is the network and the ids."""
        if name in ("net", "user_vocabulary", "item_vocabulary", "past", "_item_vectors"):
            raise ArgumentError("this TwoTower has not been fitted. Call fit(interactions) first, or load a fitted "
                                "one with TwoTower.load(folder).")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _remember(self, interactions):
        user, item, time = self._rows(interactions)
        order = np.argsort(time, kind="stable")
        self.past = (user[order], item[order], time[order])
        self.history = History(*self.past, self.user_vocabulary.size)
        self.train_end = float(time.max())

    def _rows(self, table):
        return (self.user_vocabulary.rows(table["user"]), self.item_vocabulary.rows(table["item"]),
                table["time"].to_numpy(np.float64))

    def _build(self, content, features, valid, seed):
        carries = self.settings["time"]
        if carries == "auto":
            carries = valid is not None and float(valid["time"].min()) > self.train_end
        self.has_time, self.clock = bool(carries), None
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.net = self._make_net(content, features)
        known = torch.as_tensor(np.bincount(self.past[1], minlength=self.n_items) > 0)
        self.net.known[:, 0] = known
        with torch.no_grad():
            self.net.taken.weight[~known] = 0.0  # never trained, so never anything but noise in a history

    def _make_net(self, content, features):
        from course_lib.stages.retrieval.towers.recency import HALF_LIVES_DAYS

        s, id_dropout = self.settings, self.settings["id_dropout"]
        if id_dropout is None:
            id_dropout = 0.5 if self.has_time else 0.0
        return Towers(self.n_users, self.n_items, s["dim"], content, features,
                      len(HALF_LIVES_DAYS) if self.has_time else 0, s["user_id"], s["dropout"], id_dropout,
                      s["similarity"] == "cosine" or s["loss"] == "info_nce", s["shared_table"])

    def observe(self, interactions):
        """Take later events into histories and counts without training: what a feature store does between trainings."""
        _check_table(interactions, "interactions")
        later = self._rows(interactions)
        self._remember(pd.DataFrame({name: np.r_[old, new] for name, old, new in
                                     zip(("user", "item", "time"), self._raw_past(), _columns(interactions),
                                         strict=True)}))
        if self.has_time:
            order = np.argsort(later[2], kind="stable")
            now = max(self.counts_at, float(later[2].max()) + 1)
            self.counts = bring_forward(self.counts, self.counts_at, now, later[2][order], later[1][order],
                                        self.clock.half_lives)
            self.counts_at = now
        self._refresh()
        return self

    def _raw_past(self):
        user, item, time = self.past
        return self.user_vocabulary.ids[user], self.item_vocabulary.ids[item], time

    def _refresh(self):
        self.net.eval()
        self._item_vectors = None

    # --- vectors ----------------------------------------------------------------------------------------------------
    @property
    def n_users(self) -> int:
        return self.user_vocabulary.size

    @property
    def n_items(self) -> int:
        return self.item_vocabulary.size

    @torch.no_grad()
    def embed_items(self, at: float | None = None, batch: int = 65_536) -> np.ndarray:
        """float32 (N, d): every item, in batches. at: time in s that recency is seen from; default: the last event."""
        if at is None and self._item_vectors is not None:
            return self._item_vectors
        recency = self._recency(at)
        parts = [self.net.embed_item(ids, None if recency is None else recency[ids])
                 for ids in torch.arange(self.n_items).split(batch)]
        vectors = torch.cat(parts).numpy()
        if at is None:
            self._item_vectors = vectors
        return vectors

    @torch.no_grad()
    def embed_new_items(self, content) -> np.ndarray:
        """float32 (M, d): items that nobody has taken yet, from their content, float (M, c), alone.

        Raises ArgumentError for a model without content, or NaN; ShapeError for another width."""
        if self.net.content is None:
            raise ArgumentError("This model was fitted without item content, so a new item has no vector. "
                                "Pass catalog= to fit.")
        content = feature_matrix(np.asarray(content), "content")
        if content.shape[1] != self.net.item_content.shape[1]:
            raise ShapeError(f"content has shape {tuple(content.shape)}; expected "
                             f"(M, {self.net.item_content.shape[1]}), the columns of the catalogue at fit.")
        recency = None
        if self.has_time:
            empty = np.zeros((len(content), len(self.clock.half_lives)))
            recency = torch.as_tensor(self.clock.standardise(empty))
        return self.net.embed_item(None, recency, content).numpy()

    def _recency(self, at):
        if not self.has_time:
            return None
        now = self.counts_at if at is None else float(at)
        if now < self.counts_at:
            raise ArgumentError(f"at is {now:.0f}, but the counts already hold events up to {self.counts_at:.0f}. "
                                f"Ask for a time from then on.")
        return torch.as_tensor(self.clock.standardise(
            self.counts * 2.0 ** (-(now - self.counts_at) / DAY_S / self.clock.half_lives)))

    def embed_users(self, users) -> np.ndarray:
        """float32 (B, d), made from each user's history now. Raises UnknownIdError for users not known at fit."""
        return self._embed_users(self.user_vocabulary.rows(users))

    @torch.no_grad()
    def _embed_users(self, rows, extra=None) -> np.ndarray:
        batch = self.history.of(rows, extra)
        return self.net.embed_user(batch["user"], batch["history"], batch["offset"], batch["length"]).numpy()

    def embed_history(self, items) -> np.ndarray:
        """float32 (d,): a new user who has taken these items. Raises ArgumentError if there are none."""
        if len(items) == 0:
            raise ArgumentError("history is empty; expected at least one item. For a user without any, "
                                "retrieve() answers with what suits everybody.")
        return self._embed_users(np.array([-1]), self.item_vocabulary.rows(items)[None])[0]

    def embed_requests(self, requests: Requests) -> np.ndarray:
        """float32 (B, d): history and this session. A user who joined after fit counts as one without history."""
        session = requests.session_items
        rows = self.user_vocabulary.rows(requests.user, strict=False)
        if session.size:
            found = self.item_vocabulary.rows(session.ravel(), strict=False)
            session = found.reshape(session.shape)
        return self._embed_users(rows, session)

    # --- answers ----------------------------------------------------------------------------------------------------
    def score(self, users) -> np.ndarray:
        """float32 (B, N), higher is better; column n is the n-th item of the vocabulary (item n where ids are dense).

        Raises UnknownIdError for users not known at fit.
        """
        return self.embed_users(users) @ self.embed_items().T

    def recommend(self, users, k: int, exclude_seen: bool = True) -> np.ndarray:
        """(B, k) item ids, best first; −1 (or None where ids are no integers) where fewer than k are left.

        Equal scores go by the order of the vocabulary, which is that of ids. Raises UnknownIdError."""
        rows = self.user_vocabulary.rows(users)
        score = self.score(users)
        if exclude_seen:
            owner = np.repeat(np.arange(len(rows)), np.diff(self.history.start)[rows])
            score[owner, np.concatenate([np.empty(0, int)] + [
                self.history.item[self.history.start[r]:self.history.start[r + 1]] for r in rows])] = -np.inf
        top = best_k(score, k)
        ids = self.item_vocabulary.ids
        missing = -1 if np.issubdtype(ids.dtype, np.integer) else None
        return np.where(top < 0, missing, ids[np.maximum(top, 0)])

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n best eligible items for each request, by exact search."""
        eligible = self.item_vocabulary.rows(requests.eligible, strict=False)
        eligible = eligible[eligible >= 0]
        score = self.embed_requests(requests) @ self.embed_items()[eligible].T
        top = best_k(score, n)
        picked = np.where(top < 0, -np.inf, np.take_along_axis(score, np.maximum(top, 0), 1))
        ids = self.item_vocabulary.ids[eligible]
        item = np.where(top < 0, -1, ids[np.maximum(top, 0)]) if len(ids) else top
        return Candidates(item.astype(np.int32), picked.astype(np.float32))

    # --- keeping ----------------------------------------------------------------------------------------------------
    def save(self, folder):
        """Write the model to a folder: weights, histories, counts and settings, with checksums. Returns the folder."""
        return save_model(self, folder)

    @classmethod
    def load(cls, folder) -> TwoTower:
        """The model that save wrote. Raises CorruptError where a file is damaged, DataError where none is there."""
        return load_model(cls, folder)


def _columns(table):
    return (table[name].to_numpy() for name in ("user", "item", "time"))


def _check_table(table, what) -> None:
    missing = [name for name in ("user", "item", "time") if name not in table]
    if missing:
        raise DataError(f"{what} have no column {', '.join(missing)} (columns: {list(table)}); expected user, item, "
                        f"time.")
    if len(table) == 0:
        raise DataError(f"{what} are empty; expected at least one (user, item, time).")
    bad = ~np.isfinite(as_numbers(f"time of {what}", table["time"], missing=True, infinite=True))
    if bad.any() or table["user"].isna().any() or table["item"].isna().any():
        raise ArgumentError(f"{what} hold NaN in user, item or time, first in row "
                            f"{int(np.flatnonzero(bad | table['user'].isna() | table['item'].isna())[0])}. Drop it.")
