"""GenerativeRetriever: writes the id of the next item, code by code, instead of searching among vectors."""

from __future__ import annotations

import warnings

import numpy as np
import torch

from course_lib.contracts import ArgumentError, Candidates, Catalog, Requests, as_count
from course_lib.stages.retrieval.sequences.code_net import CodeNet
from course_lib.stages.retrieval.sequences.semantic_ids import SemanticIds
from course_lib.stages.retrieval.sequences.sequence_windows import epoch
from course_lib.stages.retrieval.towers.batches import History
from course_lib.stages.retrieval.towers.feature_columns import feature_matrix, learnt_columns
from course_lib.stages.retrieval.towers.ids import rows, vocabulary_of
from course_lib.stages.retrieval.towers.interactions import check_interactions, rows_of
from course_lib.stages.retrieval.towers.observing import grown

AT_ONCE = 64  # users scored at a time


class GenerativeRetriever:
    """Items are semantic ids made of their content; a decoder writes the next one, beam search reads the best out.

    levels, size: of SemanticIds. dim, max_length, blocks, heads, dropout: of SequenceNet. beam: beams kept at each
    level; a list has at most so many items. It has no item vectors, so no index; what it keeps of an item is a few
    codes, and a new item can be read and written as soon as its content is known. The model is kept in memory alone.
    """

    def __init__(self, levels=3, size=16, *, dim=64, max_length=50, blocks=2, heads=1, dropout=0.2, beam=100,
                 batch_size=128, learning_rate=1e-3, max_epochs=30):
        self.ids = SemanticIds(levels, size)
        self.network = {"max_length": max_length, "blocks": blocks, "heads": heads, "dropout": dropout}
        self.dim, self.beam = as_count("dim", dim, 1), as_count("beam", beam, 1)
        self.batch_size, self.max_epochs = as_count("batch_size", batch_size, 1), as_count("max_epochs", max_epochs, 1)
        self.learning_rate = learning_rate
        if as_count("max_length", max_length, 1) < 2 or not learning_rate > 0:
            raise ArgumentError(f"max_length is {max_length}, learning_rate {learning_rate}; expected at least 2, and "
                                f"above 0.")

    def fit(self, interactions, catalog, users=None, seed: int = 0, progress: bool = False):
        """Learn from user, item, time (s) and the catalogue's content, as TwoTower.fit takes them. Returns self.

        All of max_epochs are passed; self.loss_ holds the mean nats of each. Raises as TwoTower.fit, and ArgumentError
        without a catalogue.
        """
        check_interactions(interactions, "interactions")
        items, facts = (catalog.items, catalog.content) if isinstance(catalog, Catalog) else (catalog, catalog)
        if facts is None:
            raise ArgumentError("catalog has no content; expected facts of the items, which their ids are made of.")
        self.user_vocabulary = vocabulary_of(interactions["user"], users, "user")
        self.item_vocabulary = vocabulary_of(interactions["item"], items, "item")
        self.columns = learnt_columns(facts, "catalog")
        self.past = rows_of(interactions, self.user_vocabulary, self.item_vocabulary)
        self.history = History(*self.past, self.n_users)
        self.ids = SemanticIds(self.ids.levels, self.ids.size, seed).fit(self._content(facts, "catalog"))
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.net = CodeNet(self.ids.codes_, self.ids.sizes, self.dim, **self.network)
            self._train(np.random.default_rng(seed), progress)
        return self

    def _train(self, rng, progress: bool) -> None:
        optimizer, self.loss_ = torch.optim.Adam(self.net.parameters(), self.learning_rate, betas=(0.9, 0.98)), []
        for number in range(self.max_epochs):
            self.net.train()
            nats = []
            for token, target in epoch(self.history, self.network["max_length"], self.batch_size, self.n_items, rng):
                optimizer.zero_grad()
                loss = self.net.loss(token, target)
                loss.backward()
                optimizer.step()
                nats.append(loss.item())
            self.loss_.append(float(np.mean(nats)))
            if progress:
                print(f"Pass {number + 1}: {self.loss_[-1]:.3f} nats an item.", flush=True)
        self.net.eval()

    def __getattr__(self, name):
        """Called for what is not there: before `fit`, that is the network and the ids."""
        if name in ("net", "user_vocabulary", "item_vocabulary", "past", "history"):
            raise ArgumentError("this GenerativeRetriever has not been fitted. Call fit(interactions, catalog) first.")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def n_users(self) -> int:
        return len(self.user_vocabulary)

    @property
    def n_items(self) -> int:
        return len(self.item_vocabulary)

    def observe(self, later, new_items=None):
        """Read later events, without training. new_items: table of content with the new ids as its index: they get ids
        from the clusters there are, and can be found at once. Where no number is left for one, it is left out with a
        warning. Events on items that are not known are left out. Returns self."""
        if new_items is not None:
            self._add(new_items)
        known = rows(self.item_vocabulary, later["item"], strict=False) >= 0
        if known.any():
            check_interactions(later[known], "interactions")
            self.user_vocabulary = grown(self.user_vocabulary, later["user"][known])
            fresh = rows_of(later[known], self.user_vocabulary, self.item_vocabulary)
            self.past = tuple(np.r_[old, new] for old, new in zip(self.past, fresh, strict=True))
            self.history = History(*self.past, self.n_users)
        return self

    def _add(self, table) -> None:
        new = rows(self.item_vocabulary, table.index, strict=False) < 0
        if not new.any():
            return
        codes = self.ids.quantise(self._content(table, "new_items")[new])
        codes = self.ids.numbered(codes, self.ids.codes_)
        room = codes[:, -1] < self.ids.sizes[-1]
        if not room.all():
            warnings.warn(f"{(~room).sum()} new items are left out: {self.ids.sizes[-1]} items share their codes "
                          f"already. Fit again, with more levels.", stacklevel=3)
        self.item_vocabulary = grown(self.item_vocabulary, np.asarray(table.index)[new][room])
        self.ids.codes_ = np.concatenate([self.ids.codes_, codes[room]])
        self.net.know(self.ids.codes_)

    def _content(self, table, what: str) -> np.ndarray:
        return feature_matrix(table, what, self.columns).numpy()

    # --- answers ----------------------------------------------------------------------------------------------------
    def score(self, users) -> np.ndarray:
        """float32 (B, N): log chance of every item to be the next. Raises UnknownIdError for users not known."""
        return self._every(self.vectors_of(users))

    def vectors_of(self, users) -> torch.Tensor:
        """float (B, d): what the decoder begins with, read from each user's history. Raises as score."""
        return self._vectors(rows(self.user_vocabulary, users))

    def recommend(self, users, k: int, exclude_seen: bool = True) -> np.ndarray:
        """(B, k) item ids, best first, by beam search; −1 (or None where ids are no integers) where the beams hold no
        more."""
        known = rows(self.user_vocabulary, users)
        found = [self._beam(part, k, exclude_seen)
                 for part in np.split(known, np.arange(AT_ONCE, len(known), AT_ONCE))]
        found, ids = np.concatenate(found), self.item_vocabulary.ids
        return np.where(found < 0, -1 if np.issubdtype(ids.dtype, np.integer) else None, ids[np.maximum(found, 0)])

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n best eligible items that beam search finds. A user who is not known counts as one without history."""
        user = rows(self.user_vocabulary, requests.user, strict=False)
        session = np.asarray(requests.session_items)
        if session.size:
            session = rows(self.item_vocabulary, session.ravel(), strict=False).reshape(session.shape)
        eligible = rows(self.item_vocabulary, requests.eligible, strict=False)
        eligible = eligible[eligible >= 0]
        item, chance = np.full((len(user), n), -1, np.int32), np.full((len(user), n), -np.inf, np.float32)
        if len(eligible) and len(user):
            with torch.no_grad():
                found, log_chance = self.net.beam(self._vectors(user, session), max(n, self.beam), eligible)
            width = min(n, found.shape[1])
            row = found[:, :width].numpy()
            item[:, :width] = np.where(row < 0, -1, self.item_vocabulary.ids[np.maximum(row, 0)])
            chance[:, :width] = log_chance[:, :width].numpy()
        return Candidates(item, chance)

    @torch.no_grad()
    def _vectors(self, user, extra=None) -> torch.Tensor:
        batch = self.history.of(user, extra)
        return self.net.reader.embed_user(batch["user"], batch["history"], batch["offset"], batch["length"])

    @torch.no_grad()
    def _every(self, vector) -> np.ndarray:
        return torch.cat([self.net.every_item(part) for part in vector.split(AT_ONCE)]).numpy()

    @torch.no_grad()
    def _beam(self, user, k: int, exclude_seen: bool) -> np.ndarray:
        out = self.history.taken_among(user, np.arange(self.n_items)) if exclude_seen else None
        found = self.net.beam(self._vectors(user), max(k, self.beam), leave_out=out)[0][:, :k].numpy()
        return np.pad(found, ((0, 0), (0, k - found.shape[1])), constant_values=-1)
