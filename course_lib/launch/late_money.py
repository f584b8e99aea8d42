"""A shop's metric arrives late: of a week's requests, what the log holds of their money each day after."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DayLog
from course_lib.evidence.estimate import Estimate, bootstrap


def money_by_person(days: list[DayLog], week: int, at: int) -> pd.DataFrame:
    """Per person, of the requests of the first `week` days: `ordered` and `kept`, as the log of `at` days holds them.

    days: DayLogs in order, at least `at`. A purchase counts once its event has come in; what is sent back is taken
    off `kept` on the day it comes back. People without a purchase have 0.
    """
    asked = pd.concat([day.requests for day in days[:week]])[["request_id", "user"]]
    events = pd.concat([day.outcomes for day in days[:at]])[["request_id", "kind", "value"]]
    events = events[events["kind"].isin(["purchase", "return"])].merge(asked, on="request_id")
    value = events["value"].abs().to_numpy(float)
    bought = (events["kind"] == "purchase").to_numpy()
    table = pd.DataFrame({"user": events["user"].to_numpy(), "ordered": value * bought,
                          "kept": np.where(bought, value, -value)})
    return table.groupby("user").sum().reindex(asked["user"].unique(), fill_value=0.0)


def known_after(days: list[DayLog], week: int, seed: int = 0) -> dict[str, list[Estimate]]:
    """{"ordered so far", "kept so far"}: over what the week's requests have kept by the last day; one a day from week.

    Intervals over people.
    """
    last = money_by_person(days, week, len(days))["kept"].to_numpy()

    def share(rows):
        return rows[:, 0].sum() / rows[:, 1].sum()

    shown = {"ordered so far": [], "kept so far": []}
    for at in range(week, len(days) + 1):
        table = money_by_person(days, week, at)
        for name, column in zip(shown, ("ordered", "kept"), strict=True):
            rows = np.column_stack([table[column].to_numpy(), last])
            shown[name].append(bootstrap(rows, share, seed=seed, n_boot=200))
    return shown
