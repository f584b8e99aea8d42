"""Loaded once in the clean process from which the answers' processes are made: libraries, cards, data for effects.

COURSE_CLASS_PRELOAD names modules, divided by commas. What cannot be loaded is the affair of the answer that needs it.
"""

from __future__ import annotations

import importlib
import os
import traceback

from course_lib.teach.classroom.endings import die_with_parent


def _load_all() -> None:
    for name in filter(None, os.environ.get("COURSE_CLASS_PRELOAD", "").split(",")):
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001
            traceback.print_exc(limit=1)
    if os.environ.get("COURSE_CLASS_EFFECTS") == "1":
        from course_lib.teach.cards import effects

        effects.prepare()


die_with_parent()                      # also while it loads, when it does not yet look at the runner's pipe
_load_all()
