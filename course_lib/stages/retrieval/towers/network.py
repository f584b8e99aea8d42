"""Two towers as a network and as a Lightning task: a user vector, an item vector, their product.

user = learnt constant + history items / length^½ (+ id) (+ features);  item = id + content (+ recency).
An item has one vector as something taken and one as something offered. They start out equal, so that a user lies near
what the user took, and part in training: what is taken together is not what is taken next to itself. With one table for
both, `shared_table`, a model is half the size.
"""

from __future__ import annotations

import inspect

import numpy as np
import pytorch_lightning as pl
import scipy.sparse as sp
import torch
import torch.nn.functional as F
from torch import nn

from course_lib.contracts import ArgumentError
from course_lib.stages.retrieval import losses
from course_lib.stages.retrieval.towers.judging import recall_of
from course_lib.stages.retrieval.towers.lazy import LazyAdamW
from course_lib.stages.retrieval.towers.processes import connected, mean_over_processes

LOSSES = ("in_batch_softmax", "bpr", "info_nce", "full_softmax")


class Towers(nn.Module):
    """The two towers. Shapes: B users, M items, N catalogue, d width, R recency features.

    content: float (N, c) or None. user_features: float (U, f) or None. n_recency: R, 0 for none. id_dropout: chance
    that an item in training has to do without its id, as a new item does. cosine: unit-length vectors.
    """

    def __init__(self, n_users, n_items, width, content=None, user_features=None, n_recency=0, user_id=False,
                 dropout=0.3, id_dropout=0.0, cosine=False, shared_table=False):
        super().__init__()
        self.n_users = n_users
        self.item_id = nn.Embedding(n_items, width)
        nn.init.normal_(self.item_id.weight, std=0.1)
        self.taken = self.item_id if shared_table else nn.Embedding(n_items, width, _weight=self.item_id.weight.clone())
        self.constant = nn.Parameter(0.1 * torch.randn(width))
        self.user_id = nn.Embedding(n_users, width) if user_id else None
        if user_id:
            nn.init.normal_(self.user_id.weight, std=0.01)
        self.content = None if content is None else FeatureTower(content, width)
        self.features = None if user_features is None else FeatureTower(user_features, width)
        self.recency = nn.Sequential(nn.Linear(n_recency, 32), nn.ReLU(), nn.Linear(32, width, bias=False)) \
            if n_recency else None
        self.register_buffer("item_content", content)
        self.register_buffer("user_features", user_features)
        self.register_buffer("known", torch.ones(n_items, 1))  # 0 where an item has no training event
        self.dropout, self.id_dropout, self.cosine = nn.Dropout(dropout), id_dropout, cosine

    def embed_user(self, user, history, offset, length, row=None, minus=None):
        """(B, d). user: int (B,), −1 for a stranger. history: item ids of all histories in one line; number g starts
        at offset[g]. row: int (B,), whose history is whose, where rows share one; minus: int (B,), an item to leave
        out of it, the target. length: float (B,), of the history that counts."""
        vector = HistorySum.apply(self.taken.weight, history, offset, row, minus)
        vector = vector / length.clamp(min=1).sqrt().unsqueeze(1)
        vector = self.dropout(vector) + self.constant
        here = (user >= 0).unsqueeze(1)
        if self.user_id is not None:
            vector = vector + here * self.dropout(Lookup.apply(self.user_id.weight, user.clamp(min=0)))
        if self.user_features is not None:
            vector = vector + here * self.features(self.user_features[user.clamp(min=0)])
        return F.normalize(vector, dim=-1) if self.cosine else vector

    def embed_item(self, item, recency=None, content=None):
        """(M, d). item: int (M,). recency: float (M, R). content: float (M, c), for items that have no id yet."""
        if content is None:
            vector = Lookup.apply(self.item_id.weight, item) * self.known[item]
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


class HistorySum(torch.autograd.Function):
    """Sum of table rows for each history, less one row for each event: embedding_bag whose gradient is cheap.

    table: float (N, d). history, offset: int (T,), (G,), as in embed_user. row, minus: int (B,) or None: event b gets
    the sum of history row[b] without item minus[b]. The gradient is that of _table_gradient.
    """

    @staticmethod
    def forward(context, table, history, offset, row=None, minus=None):
        context.size, context.row, context.minus = table.shape, row, minus
        context.save_for_backward(history, offset)
        total = F.embedding_bag(history, table, offset, mode="sum")
        return total if row is None else total[row].sub_(table[minus])

    @staticmethod
    def backward(context, gradient):
        history, offset = (tensor.numpy() for tensor in context.saved_tensors)
        values, stop = gradient.numpy(), np.append(offset, len(history))
        if context.row is not None:
            groups = sp.csr_matrix((np.ones(len(values), np.float32), context.row.numpy(), np.arange(len(values) + 1)),
                                   shape=(len(values), len(offset)))
            history = np.append(history, context.minus.numpy())
            stop = np.append(stop, stop[-1] + 1 + np.arange(len(values)))
            values = np.concatenate([groups.T @ values, -values])
        return _table_gradient(history, stop, values, context.size), None, None, None, None


class Lookup(torch.autograd.Function):
    """Rows of a table, float (M, d), for item: int (M,). The gradient is that of _table_gradient."""

    @staticmethod
    def forward(context, table, item):
        context.size = table.shape
        context.save_for_backward(item)
        return table[item]

    @staticmethod
    def backward(context, gradient):
        item = context.saved_tensors[0].numpy()
        return _table_gradient(item, np.arange(len(item) + 1), gradient.numpy(), context.size), None


def _table_gradient(item, stop, values, size) -> torch.Tensor:
    """(N, d): values[g] added to every row in item[stop[g]:stop[g + 1]]; sparse, with each row that occurs once.

    Where several processes train it is dense: gloo adds sparse gradients up in threads of its own, which fight with
    autograd's.
    """
    rows, place = np.unique(item, return_inverse=True)
    taken = sp.csr_matrix((np.ones(len(item), np.float32), place, stop), shape=(len(values), len(rows)))
    gradient = torch.sparse_coo_tensor(torch.as_tensor(rows)[None], torch.from_numpy(taken.T @ values), size,
                                       is_coalesced=True, check_invariants=False)
    return gradient.to_dense() if connected() else gradient


class FeatureTower(nn.Module):
    """Features → vector, linear; up to 4 columns of many values (a year, a price) also as steps at their quantiles.

    A line can say "newer is better", a step "since 2013". table: float (n, c), to learn the quantiles from.
    """

    QUANTILES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)

    def __init__(self, table, width):
        super().__init__()
        values = torch.tensor([len(column.unique()) for column in table.T])
        many, finely = values > 2, values > 3  # hashed words come as −1, 0 and 1
        stepped = finely.nonzero().flatten() if finely.sum() <= 4 else torch.zeros(0, dtype=torch.long)
        self.register_buffer("stepped", stepped)
        self.register_buffer("steps", torch.quantile(table[:, stepped], torch.tensor(self.QUANTILES), dim=0)
                             if len(stepped) else torch.zeros(len(self.QUANTILES), 0))
        self.register_buffer("mean", torch.where(many, table.mean(0), 0.0))
        self.register_buffer("scale", torch.where(many, table.std(0, correction=0), 1.0).clamp(min=1e-6))
        self.weight = nn.Linear(table.shape[1] + self.steps.numel(), width, bias=False)
        nn.init.normal_(self.weight.weight, std=0.02)

    def forward(self, table):
        steps = (table[:, None, self.stepped] >= self.steps).flatten(1).float()
        return self.weight(torch.cat([(table - self.mean) / self.scale, steps], 1))


class TowerTask(pl.LightningModule):
    """What Lightning needs: a step, an optimiser, and recall@20 over the whole catalogue as `valid_recall`.

    loss: one of LOSSES, or a function (query, item, item_id, log_q) → scalar, such as a learner's own; where it also
    takes `batch`, it gets all of the batch (user, target, …). blocks: into how many parts a named loss cuts both
    vectors. Each part has to rank by itself, the loss is their mean, and the product of the whole vectors is the sum of
    the parts': an average of several models at the price of serving one.
    """

    def __init__(self, net: Towers, loss="in_batch_softmax", temperature=1.0, learning_rate=4e-3, weight_decay=0.05,
                 blocks=1, keep=0.0):
        super().__init__()
        if not callable(loss) and loss not in LOSSES:
            raise ArgumentError(f"loss is {loss!r}; expected one of {', '.join(LOSSES)}, or a function.")
        self.net, self.loss, self.temperature = net, loss, temperature
        self.learning_rate, self.weight_decay, self.blocks, self.keep = learning_rate, weight_decay, blocks, keep
        self.hits: list[torch.Tensor] = []
        self.optimizer: LazyAdamW | None = None

    def loss_of(self, batch) -> torch.Tensor:
        """The loss of one batch."""
        query = self.net.embed_user(batch["user"], batch["history"], batch["offset"], batch["length"],
                                    batch.get("row"), batch.get("minus"))
        return self._loss(query, self.net.embed_item(batch["item"], batch.get("recency")), batch)

    def training_step(self, batch, index):
        value = self.loss_of(batch)
        if self.trainer.progress_bar_callback is not None:  # book-keeping for nobody else
            self.log("train_loss", value, prog_bar=True, batch_size=len(batch["user"]))
        return value

    def transfer_batch_to_device(self, batch, device, dataloader_idx):
        """Batches are made on the CPU; where they stay there, nothing has to be looked for and moved."""
        return batch if device.type == "cpu" else super().transfer_batch_to_device(batch, device, dataloader_idx)

    def _loss(self, query, item, batch):
        if callable(self.loss):
            more = {"batch": batch} if "batch" in inspect.signature(self.loss).parameters else {}
            return self.loss(query, item, batch["item"], batch.get("log_q"), **more)
        parts = zip(query.chunk(self.blocks, 1), item.chunk(self.blocks, 1), strict=True)
        return torch.stack([self._named_loss(*part, batch) for part in parts]).mean()

    def _named_loss(self, query, item, batch):
        size = len(query)
        if self.loss == "bpr":  # each row against one item drawn uniformly
            return losses.bpr((query * item[:size]).sum(1), (query * item[size: 2 * size]).sum(1))
        if self.loss == "info_nce":
            return losses.info_nce(query, item[:size], self.temperature)
        if self.loss == "full_softmax":
            return losses.full_softmax(query, item, batch["target"], temperature=self.temperature)
        return losses.in_batch_softmax(query, item, batch["item"], batch.get("log_q"), taken=batch.get("taken"),
                                       temperature=self.temperature)

    def on_validation_epoch_start(self):
        """Embed the catalogue once a check, not once a batch of users."""
        self.hits, model = [], self.trainer.val_dataloaders.dataset.model
        recency = model._recency(None)
        self.catalogue = torch.cat([self.net.embed_item(ids, None if recency is None else recency[ids])
                                    for ids in torch.arange(model.n_items).split(65_536)])

    def validation_step(self, batch, index):
        query = self.net.embed_user(batch["user"], batch["history"], batch["offset"], batch["length"])
        self.hits.append(recall_of(query @ self.catalogue.T, batch))

    def on_validation_epoch_end(self):
        self.catalogue = None
        self.log("valid_recall", mean_over_processes(torch.cat(self.hits)), prog_bar=True, sync_dist=True)

    def configure_optimizers(self):
        """The optimiser; the same one again when training goes on, with what it remembers."""
        if self.optimizer is None:
            self.optimizer = LazyAdamW(self.parameters(), self.learning_rate, weight_decay=self.weight_decay,
                                       keep=self.keep)
        return self.optimizer
