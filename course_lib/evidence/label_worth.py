"""What a choice of label is worth: rank by what each label says of the items, then ask the truth what that page earns."""

from __future__ import annotations

import numpy as np

from course_lib.data import item_labels, labels
from course_lib.data.log import MemoryLog
from course_lib.data.readings import rate_of_items
from course_lib.evidence.page_worth import page_worth

SLOTS = 10


def worth_of_labels(world, policy, days: int, people: int) -> dict[str, float]:
    """Worth of the page that each label's ranking makes, as a share of the best page's: {label: share}.

    world: a fresh world that will be moved on by `days`. policy: fills its slots at random. people: how many the truth
    is asked about. Each label of `item_labels` gives each item of the first day a rate per look, by the examination
    curve of these random slots. A page for everybody is made of the items that are alive at the end, and it is worth
    what the truth says of them: satisfied clicks in a feed, money kept in a shop.
    """
    log, n_items = MemoryLog(), len(world.catalog().items)
    world.run(policy, days, log)
    shown, outcomes = log.impressions(), log.outcomes()
    shown = shown[shown["item"] < n_items]
    sold = (outcomes["kind"] == "purchase").any()
    items = world.catalog().items if sold else None
    look = labels.relative_examination(shown["position"], shown["click"], SLOTS)[shown["position"] - 1]
    truth, slots = world.truth(), np.arange(1, SLOTS + 1)
    alive = truth.eligible()
    alive = alive[alive < n_items]
    value = truth.scores(np.arange(people), alive, by="value").mean(axis=0)
    worth = {}
    for label, says in item_labels.label_columns(shown, outcomes, items).items():
        rate = rate_of_items(shown["item"], says, look, n_items)
        worth[label] = page_worth(rate[alive], value, truth.examination(slots))
    return worth
