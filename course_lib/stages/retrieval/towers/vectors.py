"""The vectors of a fitted model: items as of a moment, users from what they have taken, and who or what is new."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch

from course_lib.contracts import DAY_S, ArgumentError, Requests, ShapeError
from course_lib.stages.retrieval.towers.added import column
from course_lib.stages.retrieval.towers.feature_columns import feature_matrix
from course_lib.stages.retrieval.towers.ids import rows


class FittedVectors:
    """What `TwoTower` answers with once it is fitted. Where something is added to the scores, vectors are one number
    longer than dim: users have 1 there, items what is added."""

    @property
    def n_users(self) -> int:
        return len(self.user_vocabulary)

    @property
    def n_items(self) -> int:
        return len(self.item_vocabulary)

    @property
    def has_time(self) -> bool:
        """Whether recency moves the scores, as an input of the item tower or added to them."""
        return bool(self.net.recency is not None or (self.added is not None and self.added[1]))

    def embed_items(self, at: float | None = None, batch: int = 65_536) -> np.ndarray:
        """float32 (N, d): every item, in batches. at: time in s that recency is seen from; default: the last event."""
        if at is None and self._item_vectors is not None:
            return self._item_vectors
        vectors = self.plain_items(at, batch)
        if self.added is not None:
            vectors = np.column_stack([vectors, column(self._counts(at), self.all_time, self.added)])
        if at is None:
            self._item_vectors = vectors
        return vectors

    @torch.no_grad()
    def plain_items(self, at: float | None = None, batch: int = 65_536) -> np.ndarray:
        """float32 (N, dim): what the item tower alone says, in batches."""
        recency = self._recency(at)
        parts = [self.net.embed_item(ids, None if recency is None else recency[ids])
                 for ids in torch.arange(self.n_items).split(batch)]
        return torch.cat(parts).numpy()

    @torch.no_grad()
    def embed_new_items(self, content) -> np.ndarray:
        """float32 (M, d): items that nobody has taken yet, from their content alone: float (M, c), or a table with the
        columns of the catalogue at fit.

        Raises ArgumentError for a model without content, or NaN; ShapeError for another width."""
        if self.net.content is None:
            raise ArgumentError("This model was fitted without item content, so a new item has no vector. "
                                "Pass catalog= to fit.")
        content = self._content(content, "content")
        recency = None
        if self.net.recency is not None:
            empty = np.zeros((len(content), len(self.clock.half_lives)))
            recency = torch.as_tensor(self.clock.standardise(empty))
        vectors = self.net.embed_item(None, recency, content).numpy()
        return vectors if self.added is None else np.pad(vectors, ((0, 0), (0, 1)))

    def _content(self, table, what: str) -> torch.Tensor:
        """Facts of items as the network takes them, float32 (M, c)."""
        columns = self.columns["catalog"]
        if not isinstance(table, pd.DataFrame) or columns is None:
            table = np.asarray(table)
        content = feature_matrix(table, what, columns)
        if content.shape[1] != self.net.item_content.shape[1]:
            raise ShapeError(f"{what} has shape {tuple(content.shape)}; expected "
                             f"(M, {self.net.item_content.shape[1]}), the columns of the catalogue at fit.")
        return content

    def _recency(self, at):
        return None if self.net.recency is None else torch.as_tensor(self.clock.standardise(self._counts(at)))

    def _counts(self, at) -> np.ndarray:
        """float (N, H): decayed counts as of `at`, s; default: the last event."""
        now = self.counts_at if at is None else float(at)
        if now < self.counts_at:
            raise ArgumentError(f"at is {now:.0f}, but the counts already hold events up to {self.counts_at:.0f}. "
                                f"Ask for a time from then on.")
        return self.counts * 2.0 ** (-(now - self.counts_at) / DAY_S / self.clock.half_lives)

    def embed_users(self, users) -> np.ndarray:
        """float32 (B, d), made from each user's history now. Raises UnknownIdError for users not known."""
        return self._embed_users(rows(self.user_vocabulary, users))

    @torch.no_grad()
    def _embed_users(self, rows, extra=None) -> np.ndarray:
        batch = self.history.of(rows, extra)
        user = torch.where(batch["user"] < self.net.n_users, batch["user"], -1)  # who joined later has no id to learn
        vectors = self.net.embed_user(user, batch["history"], batch["offset"], batch["length"]).numpy()
        return vectors if self.added is None else np.pad(vectors, ((0, 0), (0, 1)), constant_values=1)

    def embed_history(self, items) -> np.ndarray:
        """float32 (d,): a new user who has taken these items. Raises ArgumentError if there are none."""
        if len(items) == 0:
            raise ArgumentError("history is empty; expected at least one item. For a user without any, "
                                "retrieve() answers with what suits everybody.")
        return self._embed_users(np.array([-1]), rows(self.item_vocabulary, items)[None])[0]

    def embed_histories(self, items) -> np.ndarray:
        """float32 (B, d): people of whom only these items are known, ids (B, H) with −1 pads. An item that is not known
        is passed over; somebody of whom nothing is left gets the vector of a user without history."""
        items = np.asarray(items)
        known = rows(self.item_vocabulary, items.ravel(), strict=False).reshape(items.shape)
        return self._embed_users(np.full(len(items), -1), known)

    def embed_requests(self, requests: Requests) -> np.ndarray:
        """float32 (B, d): history and this session. A user who is not known counts as one without history."""
        session = requests.session_items
        user = rows(self.user_vocabulary, requests.user, strict=False)
        if session.size:
            found = rows(self.item_vocabulary, session.ravel(), strict=False)
            session = found.reshape(session.shape)
        return self._embed_users(user, session)
