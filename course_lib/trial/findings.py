"""What a table holds, in words and numbers: size, span, repeats, concentration, and how much of the end is new."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, Dataset
from course_lib.data.splits import Split


def findings(data: Dataset) -> list[str]:
    """Sentences on a Dataset as it came, repeats among its events."""
    events = data.interactions
    n, pairs = len(events), len(events) - int(events.duplicated(["user", "item"]).sum())
    of_user, of_item = events["user"].value_counts(), events["item"].value_counts()
    says = [f"{n:,} events of {counted(len(of_user), 'user')} on {counted(len(of_item), 'item')}; {span(data)}."]
    says.append(f"Repeats: {(n - pairs) / n:.1%} of events are a user's further time with an item. What is asked below "
                f"is what a user takes first: {pairs:,} events are left for that.")
    says.append(f"A user has {counted(round(of_user.median()), 'event')} in the middle, {of_user.max():,} at most; "
                f"{(of_user == 1).mean():.0%} of users and {(of_item == 1).mean():.0%} of items have one alone.")
    share = concentration(data)
    says.append(f"Concentration: the most popular 1% of items have {at(share, 0.01):.0%} of the events, 10% have "
                f"{at(share, 0.10):.0%}.")
    return says


def counted(n: int, what: str) -> str:
    """"1 user", "2,000 users"."""
    return f"{n:,} {what if n == 1 else what + 's'}"


def span(data: Dataset) -> str:
    """From when to when, in days; a sentence's end where there are no times."""
    if not data.has_time:
        return "no times"
    low, high = data.interactions["time"].min(), data.interactions["time"].max()
    return f"{day(low)} to {day(high)}, {(high - low) / DAY_S:,.0f} days"


def day(seconds: float) -> str:
    """2011-03-24 of Unix seconds, in UTC; the number itself where no calendar holds it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
    except (ValueError, OverflowError, OSError):
        return f"{seconds:.0f} s"


def concentration(data: Dataset) -> np.ndarray:
    """float (N,): share of all events that the most popular 1, 2, … items have together; the last is 1."""
    counts = np.sort(np.bincount(data.interactions["item"], minlength=data.n_items))[::-1]
    return np.cumsum(counts) / max(counts.sum(), 1)


def at(share: np.ndarray, part: float) -> float:
    """The share of events that this part of the items has, at least one item."""
    return float(share[max(1, round(part * len(share))) - 1])


def new_at_the_end(split: Split) -> tuple[float, float]:
    """Shares of test events by users without any earlier event, and on items without one."""
    before = pd.concat([split.train, split.valid])
    return (float((~split.test["user"].isin(before["user"].unique())).mean()),
            float((~split.test["item"].isin(before["item"].unique())).mean()))
