"""What a choice of label is worth: rank by what it says of the items, then ask the truth what that page earns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, Requests, Slates
from course_lib.data import item_labels, labels
from course_lib.data.log import MemoryLog
from course_lib.data.readings import rate_of_items
from course_lib.evidence.estimate import Estimate, mean_of_runs
from course_lib.evidence.page_worth import page_worth

SLOTS = 10


class RandomPages:
    """Every slot uniform over what is eligible and not yet on the page.

    alike: those who ask at the same moment get the same page, which takes less time to draw.
    """

    name = "random pages"

    def __init__(self, seed: int = 0, alike: bool = False):
        self.rng, self.alike = np.random.default_rng(seed), alike

    def slates(self, requests: Requests) -> Slates:
        """Pages of the requests' own size."""
        width = min(requests.slate_size, len(requests.eligible))
        lot = self.rng.random((1 if self.alike else len(requests), len(requests.eligible)))
        pages = requests.eligible[np.argpartition(lot, width - 1, axis=1)[:, :width]]
        return Slates.certain(np.repeat(pages, len(requests), axis=0) if self.alike else pages)


def worth_of_labels(world, days: int, people: int, *, seed: int = 0) -> dict[str, float]:
    """Worth of the page that each label's ranking makes, as a share of the best page's: {label: share}.

    world: a fresh world, moved on by `days` with random slots. people: how many the truth is asked about. Each label
    of `item_labels` gives each item of the first day a rate per look, by the examination curve of these random slots.
    Labels are read when they are due (`_shown_with_labels`), so they differ in what they ask and in how rare they are,
    not in how late. A page for everybody is made of the items that are alive after `days`, and it is worth what the
    truth of that moment says of them: satisfied clicks in a feed, money kept in a shop.
    """
    n_items = len(world.catalog().items)
    shown, says = _shown_with_labels(world, days, seed)
    first_day = (shown["item"] < n_items).to_numpy()
    shown, says = shown[first_day], says[first_day]
    look = labels.relative_examination(shown["position"], shown["click"], SLOTS)[shown["position"] - 1]
    truth, slots = world.truth(), np.arange(1, SLOTS + 1)
    alive = truth.eligible()
    alive = alive[alive < n_items]
    value = truth.scores(np.arange(people), alive, by="value").mean(axis=0)
    worth = {}
    for label in says:
        rate = rate_of_items(shown["item"], says[label], look, n_items)
        worth[label] = page_worth(rate[alive], value, truth.examination(slots))
    return worth


def _shown_with_labels(world, days: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(impressions of `days` with random slots, their labels once the last window is over).

    The world stands at the end of those days. Where things are sold, a twin goes on until no label is open; only what
    came of the first days' showings is taken from there.
    """
    log, items = MemoryLog(), None
    world.run(RandomPages(seed), days, log)
    shown = log.impressions()
    if world.params.shop.on:
        items = world.catalog().items
        still_open = int(np.ceil(item_labels.WINDOW_S / DAY_S))
        world.fork().run(RandomPages(seed, alike=True), still_open, log)
    return shown, item_labels.label_columns(shown, log.outcomes(), items, as_of=(log.last_day + 1) * DAY_S)


def worth_over_days(system, days: list[int], *, people: int = 300, items: int = 300,
                    seeds=range(4)) -> dict[str, Estimate]:
    """Mean worth of each label's page after logs of several lengths, with its interval over worlds of several seeds.

    system: makes a world, such as marketplace(people=, items=, seed=). Returns {"click, 6 days": Estimate, …}, label by
    label.
    """
    runs = {length: pd.DataFrame([worth_of_labels(system(people=people, items=items, seed=seed), length, people,
                                                  seed=seed) for seed in seeds]) for length in days}
    return {f"{label}, {length} days": mean_of_runs(runs[length][label])
            for label in runs[days[0]] for length in days}


def events_of_labels(world, days: int, *, seed: int = 0) -> pd.DataFrame:
    """How much each label of a shop says of `days` with random slots: a row a label, how many impressions count as a
    yes, and how many items have one. Labels are read when they are due, as in `worth_of_labels`."""
    shown, says = _shown_with_labels(world, days, seed)
    yes = says > 0
    return pd.DataFrame({"impressions that say yes": yes.sum(),
                         "items with a yes": yes.groupby(shown["item"]).any().sum()})
