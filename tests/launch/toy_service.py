"""A service small enough to know: everyone asks every day, and clicks with the chance that the policy names."""

import copy

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, Assignment, Catalog, DayLog, keyed_uniform

SLOTS = 5


class Rate:
    """A policy known by what it brings: its click rate, and the chance that a person reports a slate."""

    def __init__(self, name, click=0.2, report=0.01, lost=0.0):
        self.name, self.click, self.report, self.lost = name, click, report, lost
        self.seen = 0

    def observe(self, day_log):
        self.seen += 1


class Service:
    seed, slate_size = 0, SLOTS

    def __init__(self, people=4000, seed=0):
        self.people, self.seed, self.day = people, seed, 0

    def users(self):
        joined = np.maximum(0, np.arange(self.people) - 3000) // 150
        return pd.DataFrame({"region": 0, "cluster": 0, "joined_day": joined}, index=range(self.people))

    def catalog(self):
        return Catalog(pd.DataFrame({"born_day": np.arange(40) - 20}), np.zeros((40, 1), np.float32))

    def fork(self):
        return copy.copy(self)

    def run(self, policy, days, log=None):
        done = []
        for _ in range(days):
            done.append(self._one_day(policy))
            self.day += 1
        for held in done if log is not None else ():
            log.append(held)
        return [] if log is not None else done

    def _one_day(self, policy):
        user = np.arange(self.people)
        arms = policy.arms if isinstance(policy, Assignment) else None
        index = policy.arm_of(user) if arms else np.zeros(self.people, int)
        policies = [a.policy for a in arms] if arms else [policy]
        names = [a.name for a in arms] if arms else [policy.name]
        lost = keyed_uniform(self.seed, 3, self.day, user) < np.array([p.lost for p in policies])[index]
        user, index = user[~lost], index[~lost]
        click = np.array([p.click for p in policies])[index]
        report = np.array([p.report for p in policies])[index]
        request = self.day * 1_000_000 + user
        clicked = keyed_uniform(self.seed, 1, self.day, user[:, None], np.arange(SLOTS)) < click[:, None]
        requests = pd.DataFrame({
            "request_id": request, "day": np.int32(self.day), "time": self.day * float(DAY_S) + user % 1000,
            "user": user.astype("int32"), "session": request, "device": np.int8(0),
            "policy": pd.Categorical(np.array([p.name for p in policies])[index]),
            "arm": pd.Categorical(np.array(names)[index])})
        rows = np.repeat(np.arange(len(user)), SLOTS)
        impressions = requests.iloc[rows].drop(columns=["session", "device"]).reset_index(drop=True).assign(
            position=np.tile(np.arange(1, SLOTS + 1), len(user)).astype("int16"),
            item=(rows * 7 % 40).astype("int32"), propensity=np.float32(1), click=clicked.ravel().astype("int8"),
            dwell_s=(clicked.ravel() * 30).astype("float32"), click_time=np.nan)
        bad = keyed_uniform(self.seed, 2, self.day, user) < report
        outcomes = pd.DataFrame({
            "request_id": request[bad], "user": user[bad].astype("int32"), "item": np.int32(0),
            "kind": pd.Categorical(["report"] * int(bad.sum()), categories=["purchase", "return", "report", "share"]),
            "event_time": self.day * float(DAY_S), "arrival_time": self.day * float(DAY_S), "value": np.float32(0)})
        return DayLog(self.day, requests, impressions, outcomes)
