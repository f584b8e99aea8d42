"""A day's record on its way to the log's tables."""

from __future__ import annotations

import numpy as np

from ..contracts import DayLog
from .behaviour import REPORTED, SHARED, WANTED

FOLLOWED = REPORTED | SHARED | WANTED  # outcomes that become events of their own


class DayRecord:
    """Collects batches; `table` turns them into a DayLog, requests by (time, request_id)."""

    def __init__(self, day: int, arm_names: list[str], policy_names: list[str]):
        self.day, self.arm_names, self.policy_names = day, arm_names, policy_names
        self.batches = []

    def add(self, requests, served, click, dwell, outcome):
        """Keep one batch."""
        self.batches.append((requests.request_id, requests.time, requests.user, requests.session, requests.device,
                             served.arm, served.item, served.propensity, click, dwell, outcome, served.slot_arm))

    def _nothing(self):
        """A batch of no requests."""
        kinds = ("i8", "f8", "i4", "i8", "i1", "i1"), ("i4", "f4", "i1", "f4", "i1")
        return [np.zeros(0, kind) for kind in kinds[0]] + [np.zeros((0, 1), kind) for kind in kinds[1]] + [None]

    def table(self, outcomes, click_times) -> DayLog:
        """The day as a DayLog; batches are let go. click_times: reading.click_times of this world and day."""
        import pandas as pd

        columns = list(zip(*self.batches or [self._nothing()], strict=True))
        self.batches = []
        ids, time, user, session, device, arm = (np.concatenate(c) for c in columns[:6])
        order = np.lexsort((ids, time))
        by_slot = columns[11][0] is not None
        item, propensity, click, dwell, outcome = (np.concatenate(c)[order] for c in columns[6:11])
        slot_arm = np.concatenate(columns[11])[order] if by_slot else None
        ids, time, user, session, device, arm = (c[order] for c in (ids, time, user, session, device, arm))
        day = np.full(len(ids), self.day, np.int32)
        served_by = self._who(np.full(len(ids), -1, np.int8) if by_slot else arm)
        requests = pd.DataFrame({"request_id": ids, "day": day, "time": time, "user": user.astype(np.int32),
                                 "session": session, "device": device.astype(np.int8), **served_by}, copy=False)
        clicked_at = _clicked_at(click_times, time, user, item, click, dwell, outcome)
        shown = self._shown(ids, time, user, arm, item, propensity, click, clicked_at, dwell, slot_arm)
        return DayLog(self.day, requests, pd.DataFrame(shown, copy=False), outcomes)

    def _who(self, code):
        """Columns policy and arm; with unit "item" a request belongs to none of them and the columns are empty."""
        import pandas as pd

        names = list(dict.fromkeys(self.policy_names))
        policy_of = np.array([names.index(n) for n in self.policy_names] + [-1], np.int8)
        return {"policy": pd.Categorical.from_codes(policy_of[code], categories=names),
                "arm": pd.Categorical.from_codes(code, categories=self.arm_names)}

    def _shown(self, ids, time, user, arm, item, propensity, click, clicked_at, dwell, slot_arm):
        width = item.shape[1]
        keep = slice(None) if (item >= 0).all() else (item >= 0).ravel()

        def spread(column):
            return np.repeat(column, width)[keep]

        code = spread(arm) if slot_arm is None else slot_arm.ravel()[keep]
        return {"request_id": spread(ids), "day": np.full(len(code), self.day, np.int32), "time": spread(time),
                "user": spread(user.astype(np.int32)),
                "position": np.tile(np.arange(1, width + 1, dtype=np.int16), len(ids))[keep],
                "item": item.ravel()[keep].astype(np.int32, copy=False),
                "propensity": propensity.ravel()[keep].astype(np.float32, copy=False),
                "click": click.ravel()[keep].astype(np.int8, copy=False), "click_time": clicked_at.ravel()[keep],
                "dwell_s": dwell.ravel()[keep].astype(np.float32, copy=False), **self._who(code.astype(np.int8))}


def _clicked_at(click_times, time, user, item, click, dwell, outcome):
    """Time of each click, float64 like item, (B, K); NaN where there is none."""
    out = np.full(item.shape, np.nan)
    if not item.size:
        return out
    b, k = np.nonzero(click)
    followed_s = np.where(outcome[b, k] & FOLLOWED, dwell[b, k].astype(np.float64), np.inf)
    out[b, k] = click_times(time[b], user[b], item[b, k], k + 1, followed_s)
    return out
