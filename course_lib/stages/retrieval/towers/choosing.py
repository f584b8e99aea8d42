"""Settings that earn their place: what the user left open is chosen on the validation part, by successive halving.

All candidates train for a little, the better half for longer, until one is left and trains on until it stops getting
better. What they pass through, in passes over the events, is bounded by the budget, and told in `fit_report`.
"""

from __future__ import annotations

import copy
import gc

import numpy as np
import pandas as pd

from course_lib.stages.retrieval.towers.training import Allowance, Training

PLAIN = {"time": False, "start": "random", "mask_history": False, "weight_decay": 0.1, "dim": 256}
WITH_TIME = ({"time": True}, {"time": True, "weight_decay": 0.5}, {"time": True, "mask_history": True})  # as an input
OTHERS = ({"mask_history": True}, {"mask_history": True, "start": "spectral"}, {"weight_decay": 0.5},
          {"mask_history": True, "weight_decay": 0.5}, {"dim": 128})
PASSES, EVENTS = 24.0, 8_000_000   # the budget, where none is set: so many passes, and no more events in all of them
FIRST = 1                           # epochs of the first round; each later round trains as long again as all before it
BYTES = 2e9                         # that trials may hold together; where not even two fit, the best starts again


class Trial:
    """One candidate: a model of its own settings that shares ids, histories and features with the one to be fitted.

    choice: what it tries of what was left open. used: all its settings. build: gives a model its network.
    """

    def __init__(self, model, choice: dict, used: dict, build):
        self.choice, self.used, self.build, self.shared = choice, used, build, model
        self.model, self.training, self.found, self.lost = None, None, [], 0.0

    def start(self, valid, seed: int, progress: bool, allowance: Allowance) -> Trial:
        """Make the network and what trains it: memory is taken only now. What an earlier start has cost is lost."""
        self.lost += self.cost
        self.model, self.found = copy.copy(self.shared), []
        self.model.used = self.used
        self.build(self.model)
        self.training = Training(self.model, valid, seed, progress, allowance)
        return self

    def forget(self) -> None:
        """Keep what was found, and nothing that takes memory."""
        if self.training:
            self.lost, self.found = self.cost, self.training.recall
            self.training = self.model = None
            gc.collect()  # Lightning's trainer and its task hold each other

    @property
    def recall(self) -> float:
        """The best check so far; NaN before the first."""
        return max(self.training.recall if self.training else self.found, default=float("nan"))

    @property
    def epochs(self) -> int:
        """Passed so far by what is held now."""
        return self.training.epochs if self.training else 0

    @property
    def each(self) -> float:
        """Passes that an epoch costs: half of its work does not depend on the width."""
        return 0.5 + 0.5 * self.used["dim"] / 256

    @property
    def cost(self) -> float:
        """Passes over the events so far, in epochs at width 256."""
        return self.lost + self.epochs * self.each


def passes(settings: dict, n_events: int) -> float:
    """The budget in passes over the events: the one that is set, else PASSES, or fewer where events are many."""
    return settings["budget"] if settings["budget"] is not None else min(PASSES, max(3.0, EVENTS / n_events))


def candidates(settings: dict, by_time: bool) -> list[dict]:
    """What to try of what is left open (None or "auto"); what was set stays as it is. First what is tried where time or
    budget are short: recency as an input by time, else the plain model."""
    free = [name for name in PLAIN if settings[name] in (None, "auto") and _may_vary(settings, name)]
    first, *later = WITH_TIME if by_time else ({},)
    changes = (first, {}, *later, *OTHERS)
    every = [{name: (PLAIN | change)[name] for name in free} for change in changes]
    return [one for number, one in enumerate(every) if one not in every[:number]]


def _may_vary(settings: dict, name: str) -> bool:
    """Whether the model has this setting at all: a mask needs the loss that has negatives of the batch."""
    if name == "dim":
        return settings["blocks"] is None
    if name == "start":
        return settings["loss"] == "in_batch_softmax" and spectral_can(settings)
    return name != "mask_history" or settings["loss"] == "in_batch_softmax"


def spectral_can(settings: dict) -> bool:
    """Whether a spectral start is possible: dot products, one block, taken and offered apart, no recency as input."""
    return (settings["similarity"] == "dot" and settings["blocks"] in (None, 1) and not settings["shared_table"]
            and settings["time"] is not True and settings["loss"] in ("in_batch_softmax", "full_softmax"))


class Halving:
    """Successive halving of trials within `budget` passes over the events and within `allowance` of time.

    The first round takes half of the budget at most, trials beyond that are not tried. A further round is left out
    where it would not leave a third of the budget to the winner. Source: Jamieson & Talwalkar 2016, arXiv:1502.07943.
    Departs: the winner goes on until `patience` checks bring nothing better.
    """

    def __init__(self, trials: list[Trial], valid, budget: float, patience: int, seed: int, progress: bool,
                 allowance: Allowance):
        self.trials, self.valid, self.budget, self.patience = trials, valid, budget, patience
        self.seed, self.progress, self.allowance = seed, progress, allowance

    def run(self) -> Trial:
        """The trial that is left, trained to its end."""
        left, epochs = self._first(), FIRST
        while len(left) > 1:
            round_cost = sum(trial.each for trial in left) * epochs
            if self.spent + round_cost > self.budget * 2 / 3 or self.allowance.used(0.6):
                left = self._best(left, 1)
                break
            for trial in left:
                self._train(trial, epochs)
            left, epochs = self._best(left, (len(left) + 1) // 2), 2 * epochs
        best = left[0]
        rest = int((self.budget - self.spent) / best.each)
        if not best.epochs or (rest >= 1 and not self.allowance.used(0.98)):
            best.training.run(max(1, rest), self.patience)
            self._tell("Chosen", best)
        return best

    @property
    def spent(self) -> float:
        """Passes over the events so far, of all trials."""
        return sum(trial.cost for trial in self.trials)

    def _first(self) -> list[Trial]:
        """The first round, one trial after the other; of all that were tried, the better half is held."""
        left = []
        for trial in self.trials:
            if left and (self.spent + trial.each * FIRST > self.budget / 2 or self.allowance.used(0.4)):
                break
            self._train(self._started(trial), FIRST)
            numbers = sum(parameter.numel() for parameter in trial.model.net.parameters())
            room = int(BYTES / (4 * 5 * numbers)) - 1  # weights, two moments, average, the best; one more is training
            left = self._best([*left, trial], max(1, min((len(self.trials) + 1) // 2, room)))
            if room < 1 and len(self.trials) > 1:
                left[0].forget()
        return [trial if trial.training else self._started(trial) for trial in left]

    def _started(self, trial: Trial) -> Trial:
        return trial.start(self.valid, self.seed, self.progress, self.allowance)

    def _train(self, trial: Trial, epochs: int) -> None:
        trial.training.run(epochs)
        self._tell("Tried", trial)

    def _tell(self, what: str, trial: Trial) -> None:
        """A sentence on a line of its own between the bars; nothing where none are shown."""
        if self.progress:
            print(f"{what}: {in_words(trial.choice)}. Recall@20 is {trial.recall:.3f} after {trial.epochs} "
                  f"epoch{'s' * (trial.epochs != 1)}.", flush=True)

    @staticmethod
    def _best(trials: list[Trial], number: int) -> list[Trial]:
        ranked = sorted(trials, key=lambda trial: -np.nan_to_num(trial.recall, nan=-1.0))
        for trial in ranked[number:]:
            trial.forget()
        return ranked[:number]


def in_words(choice: dict) -> str:
    """A candidate in words, by what it tries besides PLAIN: "towers with recency as an input, width 128"."""
    words = {"time": lambda value: "recency as an input", "start": lambda value: f"a {value} start",
             "mask_history": lambda value: "no negatives that the user took",
             "weight_decay": lambda value: f"weight decay {value:g}", "dim": lambda value: f"width {value}"}
    said = [words[name](value) for name, value in choice.items() if value != PLAIN[name]]
    return f"towers with {', '.join(said)}" if said else "plain towers"


def table_of(trials: list[Trial], best: Trial) -> pd.DataFrame:
    """One row for each trial that was trained, the chosen one first: what it tried, recall@20 on the validation part,
    passes over the events."""
    rows = [trial.choice | {"recall@20": trial.recall, "passes": trial.cost, "chosen": trial is best}
            for trial in trials if trial.cost or trial is best]
    return pd.DataFrame(rows).sort_values(["chosen", "recall@20"], ascending=False, ignore_index=True)


def own_valid(interactions, seed: int, share: float = 0.1):
    """(train, valid) of interactions, for who brings none: the latest tenth where time says something, else a tenth of
    each user's events at random; (interactions, None) where no user could be judged."""
    time = interactions["time"].to_numpy(float)
    late = time >= np.quantile(time, 1 - share)
    rank = np.random.default_rng(seed).permutation(len(time))
    drawn = pd.Series(rank).groupby(interactions["user"].to_numpy()).rank(pct=True).to_numpy() > 1 - share
    for held in (late, drawn):
        train, valid = interactions[~held], interactions[held]
        judged = valid["user"].isin(train["user"]) & valid["item"].isin(train["item"])
        if judged.any() and len(train) > 1:
            return train, valid
    return interactions, None
