"""explore(): a figure first, then a slider that redraws it."""

from __future__ import annotations


def explore(function, **ranges) -> None:
    """Draw function at the start of each range: a (start, stop, step) tuple, a list of choices, or a bool."""
    start = {name: (r[0] if isinstance(r, (list, tuple)) else r) for name, r in ranges.items()}
    from IPython.display import display

    display(function(**start))
