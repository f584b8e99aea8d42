"""SequenceTower: a two-tower whose user tower reads the history in its order. Ask it what a TwoTower is asked."""

from __future__ import annotations

import copy

import numpy as np
import torch

from course_lib.contracts import ArgumentError, Catalog, as_count
from course_lib.stages.retrieval.losses import full_softmax, gbce
from course_lib.stages.retrieval.sequences.sequence_net import SequenceNet
from course_lib.stages.retrieval.sequences.sequence_windows import epoch
from course_lib.stages.retrieval.towers.fitting import recall_on
from course_lib.stages.retrieval.towers.ids import vocabulary_of
from course_lib.stages.retrieval.towers.interactions import check_interactions, remember
from course_lib.stages.retrieval.towers.model import TwoTower

LOSSES = ("gbce", "bce", "full_softmax")


class SequenceTower(TwoTower):
    """SASRec behind the interface of TwoTower: fit, score, recommend, retrieve, embed_…, observe, save, load.

    dim: width d of both vectors. max_length: the latest tokens that are read, the one before the first item among
    them. blocks, heads: of attention. loss: "gbce" with `negatives` uniform items for each history and its `t`
    (gSASRec), "bce" with one for each position (SASRec), or "full_softmax" over the catalogue. max_epochs: passes over
    the histories; with valid= training stops once `patience` passes have not raised recall@20 on it, and the best
    weights are kept.

    It knows ids alone: an item that nobody took in training has a vector that nothing but negatives has moved, and
    observe leaves new items out.
    Source: Kang & McAuley 2018, arXiv:1808.09781; Petrov & Macdonald 2023, arXiv:2308.07192.
    Departs: see SequenceNet and Block; gSASRec draws its negatives anew at each position, here they are the history's;
    and scores start where the loss wants those of an item of chance 1/N, which takes gSASRec several passes to learn.
    """

    FILE = "model.sequence"

    def __init__(self, dim=64, *, max_length=50, blocks=2, heads=1, dropout=0.2, loss="gbce", negatives=256, t=0.75,
                 batch_size=128, learning_rate=1e-3, max_epochs=60, patience=5, horizon_days=None):
        self.settings = {name: value for name, value in locals().items() if name != "self"}
        if loss not in LOSSES:
            raise ArgumentError(f"loss is {loss!r}; expected one of {', '.join(LOSSES)}.")
        for name in ("dim", "max_length", "blocks", "heads", "negatives", "batch_size", "max_epochs", "patience"):
            as_count(name, self.settings[name], 1)
        if max_length < 2 or not 0 <= dropout < 1 or not 0 <= t <= 1 or not learning_rate > 0 or dim % heads:
            raise ArgumentError(f"max_length is {max_length}, dropout {dropout}, t {t}, learning_rate {learning_rate}, "
                                f"dim {dim} with {heads} heads; expected at least 2, 0 to below 1, 0 to 1, above 0, "
                                f"and heads that divide dim.")

    def fit(self, interactions, catalog=None, users=None, valid=None, seed: int = 0, progress: bool = False):
        """Learn from interactions: user, item, time (s). catalog, users: tables whose index says which ids there are.

        valid: interactions to stop on. progress: print recall after each pass. Returns self; self.history_ holds the
        recall on valid. Raises as TwoTower.fit does.
        """
        check_interactions(interactions, "interactions")
        content = catalog.items if isinstance(catalog, Catalog) else catalog
        self.user_vocabulary = vocabulary_of(interactions["user"], users, "user")
        self.item_vocabulary = vocabulary_of(interactions["item"], content, "item")
        remember(self, interactions, valid)
        self.columns = {"catalog": None, "users": None}
        self.used, self.added, self.trials_, self.judged, self.going_on = dict(self.settings), None, None, None, None
        self.by_time = valid is not None and float(valid["time"].min()) > self.train_end
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.net = self._make_net(None, None)
            self.history_ = train(self, valid, seed, progress)
        self._refresh()
        self.recall_ = max(self.history_, default=None)
        return self

    def _make_net(self, content, features, n_users=None):
        s = self.used
        return SequenceNet(n_users or self.n_users, self.n_items, s["dim"], max_length=s["max_length"],
                           blocks=s["blocks"], heads=s["heads"], dropout=s["dropout"])


def train(model, valid, seed: int, progress: bool) -> list[float]:
    """Passes over the histories until max_epochs or patience end; leaves the best weights, returns recalls on valid."""
    s, rng, best, found = model.used, np.random.default_rng(seed), None, []
    optimizer = torch.optim.Adam(model.net.parameters(), s["learning_rate"], betas=(0.9, 0.98))
    for _ in range(s["max_epochs"]):
        model.net.train()
        for token, target in epoch(model.history, s["max_length"], s["batch_size"], model.n_items, rng):
            optimizer.zero_grad()
            loss_of(model.net, token, target, s, rng).backward()
            optimizer.step()
        if valid is None:
            continue
        model._refresh()
        found.append(recall_on(model, valid, seed))
        if found[-1] == max(found):
            best = copy.deepcopy(model.net.state_dict())
        if progress:
            print(f"Pass {len(found)}: recall@20 on valid is {found[-1]:.3f}.", flush=True)
        if len(found) - 1 - int(np.argmax(found)) >= s["patience"]:
            break
    if best is not None:
        model.net.load_state_dict(best)
    return found


def loss_of(net: SequenceNet, token, target, settings, rng) -> torch.Tensor:
    """Mean nats of the places that have something to predict. token, target: int (B, T), −1 in target for the others.
    """
    place = target >= 0
    vector = net(token)                                                         # (B, T, d)
    if settings["loss"] == "full_softmax":
        return full_softmax(vector[place], net.item.weight[:net.n_items], target[place])
    positive = (vector * net.item(target.clamp(min=0))).sum(-1)[place]
    if settings["loss"] == "bce":
        other = torch.as_tensor(rng.integers(0, net.n_items, target.shape))
        negative = (vector * net.item(other)).sum(-1)[..., None]                # (B, T, 1)
    else:
        other = torch.as_tensor(rng.integers(0, net.n_items, (len(target), settings["negatives"])))
        negative = vector @ net.item(other).transpose(1, 2)                     # (B, T, k)
    t = 0.0 if settings["loss"] == "bce" else settings["t"]
    start = at_first(net.n_items, negative.shape[-1], t)
    return gbce(positive + start, negative[place] + start, net.n_items, t=t)


def at_first(n_items: int, negatives: int, t: float) -> float:
    """The score at which an item of chance 1/N states what the loss asks of it: 0 for bce. A constant, so no order."""
    alpha = negatives / (n_items - 1)
    beta = alpha * (t * (1 - 1 / alpha) + 1 / alpha)
    return float(np.log(beta / (alpha * (n_items - 1))))
