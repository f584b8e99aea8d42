"""Two towers as a network and as a Lightning task: a user vector, an item vector, their product.

user = learnt constant + history items / length^½ (+ id) (+ features);  item = id + content (+ recency).
History and items share one table, so that a user lies near what the user took.
"""

from __future__ import annotations

import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from torch import nn

from course_lib.contracts import ArgumentError
from course_lib.stages import losses

LOSSES = ("in_batch_softmax", "bpr", "info_nce", "full_softmax")


class Towers(nn.Module):
    """The two towers. Shapes: B users, M items, N catalogue, d width, R recency features.

    content: float (N, c) or None. user_features: float (U, f) or None. n_recency: R, 0 for none. id_dropout: chance
    that an item in training has to do without its id, as a new item does. cosine: unit-length vectors.
    """

    def __init__(self, n_users, n_items, width, content=None, user_features=None, n_recency=0, user_id=False,
                 dropout=0.3, id_dropout=0.0, cosine=False):
        super().__init__()
        self.item_id = nn.Embedding(n_items, width)  # shared by history and item tower
        nn.init.normal_(self.item_id.weight, std=0.1)
        self.constant = nn.Parameter(0.1 * torch.randn(width))
        self.user_id = nn.Embedding(n_users, width) if user_id else None
        if user_id:
            nn.init.normal_(self.user_id.weight, std=0.01)
        self.content = _linear(content, width)
        self.features = _linear(user_features, width)
        self.recency = nn.Sequential(nn.Linear(n_recency, 32), nn.ReLU(), nn.Linear(32, width, bias=False)) \
            if n_recency else None
        self.register_buffer("item_content", content)
        self.register_buffer("user_features", user_features)
        self.register_buffer("known", torch.ones(n_items, 1))  # 0 where an item has no training event
        self.dropout, self.id_dropout, self.cosine = nn.Dropout(dropout), id_dropout, cosine

    def embed_user(self, user, history, offset, length):
        """(B, d). user: int (B,), −1 for a stranger. history: item ids of all rows in one line; row b starts at
        offset[b] and has length[b] of them."""
        vector = self.item_vectors_in_history(history, offset) / length.clamp(min=1).sqrt().unsqueeze(1)
        vector = self.dropout(vector) + self.constant
        here = (user >= 0).unsqueeze(1)
        if self.user_id is not None:
            vector = vector + here * self.dropout(self.user_id(user.clamp(min=0)))
        if self.user_features is not None:
            vector = vector + here * self.features(self.user_features[user.clamp(min=0)])
        return F.normalize(vector, dim=-1) if self.cosine else vector

    def item_vectors_in_history(self, history, offset):
        """(B, d): sum of the id vectors of each row's items."""
        return F.embedding_bag(history, self.item_id.weight, offset, mode="sum")

    def embed_item(self, item, recency=None, content=None):
        """(M, d). item: int (M,). recency: float (M, R). content: float (M, c), for items that have no id yet."""
        if content is None:
            vector = self.item_id(item) * self.known[item]
            if self.training and self.id_dropout:
                vector = vector * (torch.rand(len(item), 1, device=vector.device) >= self.id_dropout)
            content = None if self.item_content is None else self.item_content[item]
        else:
            vector = torch.zeros(len(content), self.item_id.embedding_dim)
        if content is not None and self.content is not None:
            vector = vector + self.content(content)
        if self.recency is not None:
            vector = vector + self.recency(recency)
        return F.normalize(vector, dim=-1) if self.cosine else vector


def _linear(table, width):
    if table is None:
        return None
    layer = nn.Linear(table.shape[1], width, bias=False)
    nn.init.normal_(layer.weight, std=0.02)
    return layer


class TowerTask(pl.LightningModule):
    """What Lightning needs: a step, an optimiser, and recall@20 over the whole catalogue as `valid_recall`.

    loss: one of LOSSES, or a function (query, item, item_id, log_q) → scalar, such as a learner's own.
    """

    def __init__(self, net: Towers, loss="in_batch_softmax", temperature=1.0, learning_rate=4e-3, weight_decay=0.05):
        super().__init__()
        if not callable(loss) and loss not in LOSSES:
            raise ArgumentError(f"loss is {loss!r}; expected one of {', '.join(LOSSES)}, or a function.")
        self.net, self.loss, self.temperature = net, loss, temperature
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.hits: list[torch.Tensor] = []

    def training_step(self, batch, index):
        query = self.net.embed_user(batch["user"], batch["history"], batch["offset"], batch["length"])
        item = self.net.embed_item(batch["item"], batch.get("recency"))
        value = self._loss(query, item, batch)
        self.log("train_loss", value, prog_bar=True, batch_size=len(query))
        return value

    def _loss(self, query, item, batch):
        size = len(query)
        if callable(self.loss):
            return self.loss(query, item, batch["item"], batch.get("log_q"))
        if self.loss == "bpr":  # each row against one item drawn uniformly
            return losses.bpr((query * item[:size]).sum(1), (query * item[size: 2 * size]).sum(1))
        if self.loss == "info_nce":
            return losses.info_nce(query, item[:size], self.temperature)
        if self.loss == "full_softmax":
            return losses.full_softmax(query, item, batch["target"], temperature=self.temperature)
        return losses.in_batch_softmax(query, item, batch["item"], batch.get("log_q"), temperature=self.temperature)

    def on_validation_epoch_start(self):
        self.hits = []

    def validation_step(self, batch, index):
        query = self.net.embed_user(batch["user"], batch["history"], batch["offset"], batch["length"])
        score = query @ self.net.embed_item(batch["item"], batch.get("recency")).T  # (B, N)
        score[batch["seen_row"], batch["seen_item"]] = -torch.inf
        k = min(20, score.shape[1])
        hit = batch["relevant"].gather(1, score.topk(k, dim=1).indices).sum(1)
        self.hits.append(hit / batch["relevant"].sum(1).clamp(max=k))

    def on_validation_epoch_end(self):
        self.log("valid_recall", torch.cat(self.hits).mean(), prog_bar=True, sync_dist=True)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay)
