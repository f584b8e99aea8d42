"""The notebook cell that runs just now, so that a cell which moves the same world a second time can say so.

Outside IPython there are no cells, and nothing is said. IPython is looked for among the modules that are loaded, and
never imported.
"""

from __future__ import annotations

import linecache
import sys
import warnings
from typing import NamedTuple


class MovedAgainWarning(UserWarning):
    """A cell that has moved a world before moves it again, so its numbers are those of later days."""


class Cell(NamedTuple):
    """A cell in one of its executions."""

    source: str
    cell_id: str | None  # the notebook's own id of the cell, where its front end sends one
    execution: int  # IPython's count of executions
    line: tuple[str, int]  # file and line number at which it stands now


class Move(NamedTuple):
    """What an execution of a cell has done to a world: moved it from the start of one day to the start of another."""

    execution: int
    begun: int
    reached: int


def running() -> Cell | None:
    """The cell that called this, through whatever functions; None outside IPython."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    frame, outermost = sys._getframe(1), None
    while shell is not None and frame is not None:
        if frame.f_globals is shell.user_global_ns:
            outermost = frame
        frame = frame.f_back
    if outermost is None:
        return None
    file = outermost.f_code.co_filename
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell_id = (parent.get("metadata") or {}).get("cellId")
    return Cell("".join(linecache.getlines(file)), cell_id, shell.execution_count, (file, outermost.f_lineno))


def noted(moves: dict, cell: Cell | None, day: int) -> dict:
    """`moves`, (source, cell id) → Move, after `cell` has moved the world by one more day, which was `day`."""
    if cell is None:
        return moves
    last = moves.get(cell[:2])
    begun = last.begun if last is not None and last.execution == cell.execution else day
    return {**moves, cell[:2]: Move(cell.execution, begun, day + 1)}


def warn_of_second_move(moves: dict, cell: Cell | None, day: int, days: int) -> None:
    """Say so if an earlier execution of this cell has moved the world, which now stands at the start of `day`."""
    last = moves.get(cell[:2]) if cell is not None and days else None
    if last is None or last.execution == cell.execution:
        return
    text = (f"This cell has already moved this world from day {last.begun} to day {last.reached}. It now moves it on "
            f"from day {day} to day {day + days}, so its numbers will differ. To begin anew, first run the cell that "
            f"makes the world (feed, marketplace) and, if the policy learns, the one that makes the policy; or run a "
            f"twin in this cell: world.fork().run(...).")
    warnings.warn_explicit(text, MovedAgainWarning, *cell.line)  # no registry: it is shown every time
