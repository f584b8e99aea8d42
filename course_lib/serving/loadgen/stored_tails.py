"""The tail of the service towards its knee, measured once and stored: a p99.9 needs minutes, which a lesson has not.

`tests/benchmarks/bench_service.py --only tails --store` measures it again and writes it in its place.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from course_lib.contracts import DataError

STORED = Path(__file__).with_name("measured") / "tails.json"
TABLE = ("way", "share", "budget_ms", "per_second", "requests", "p50", "p50_low", "p50_high", "p99", "p99_low",
         "p99_high", "p99.9", "p99.9_low", "p99.9_high")
ABOUT = ("date", "command", "machine", "other_work")


def as_text(table, about: dict[str, str]) -> str:
    """What is stored. table: of `live_knee.tails`. about: each of ABOUT, in words. An open interval is null."""
    rows = [{name: None if isinstance(row[name], float) and np.isinf(row[name]) else row[name] for name in TABLE}
            for row in table.to_dict("records")]
    return json.dumps({name: about[name] for name in ABOUT} | {"rows": rows}, indent=1) + "\n"


def read(path: Path = STORED) -> tuple[dict, dict[str, str]]:
    """(table of `live_knee.tails`, about). Raises DataError for a file that does not hold them."""
    import pandas as pd

    try:
        held = json.loads(Path(path).read_text(encoding="utf-8"))
        table = pd.DataFrame(held["rows"], columns=list(TABLE))
        about = {name: str(held[name]) for name in ABOUT}
        numbers = [name for name in TABLE if name != "way"]
        table[numbers] = table[numbers].astype(float).fillna(np.inf)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} does not hold stored tails ({type(error).__name__}: {error}). Measure them again: "
                        f"python tests/benchmarks/bench_service.py --only tails --store") from None
    return table, about
