"""A small service with taste and times, as a CSV file."""

import numpy as np
import pandas as pd
import pytest


def events(users=120, items=60, each=12, seed=0) -> pd.DataFrame:
    """People of two tastes, each of whom takes `each` different items, mostly of theirs, over 100 days."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        weight = np.where(np.arange(items) % 2 == user % 2, 1.0, 0.05) / (1 + np.arange(items) // 2)
        for item in rng.choice(items, each, replace=False, p=weight / weight.sum()):
            rows.append((f"u{user}", f"i{item}", 1.3e9 + rng.integers(0, 100 * 86_400)))
    table = pd.DataFrame(rows, columns=["who", "what", "when"])
    moments = pd.to_datetime(table["when"], unit="s", utc=True)
    return table.assign(when=[moment.isoformat() for moment in moments])


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return events()


@pytest.fixture(scope="session")
def file(table, tmp_path_factory):
    path = tmp_path_factory.mktemp("trial") / "mine.csv"
    table.to_csv(path, index=False)
    return path
