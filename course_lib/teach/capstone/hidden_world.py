"""The asking end of a hidden world: starts its process, relays requests to a policy, hands out logs and grades.

    with HiddenWorld(brief, seed) as world:
        world.before                          # DayLogs of the days before, under the incumbent
        world.play("incumbent", 14)["worth"]  # float (14,)
        world.play(policy, 14)

The world runs in a process of its own (course_lib.world.hidden_host). Neither it nor its truth is ever in this one.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np

from course_lib.contracts import CourseError, DayLog, Requests
from course_lib.contracts.framed import receive, send
from course_lib.teach.lessons import ROOT

HOST = "course_lib.world.hidden_host"
GIVEN_UP = "given up"           # what the host gets in place of an answer where a policy has failed


class HiddenWorldError(CourseError):
    """The process of a hidden world ended, or refused a question."""


class HiddenWorld:
    """One hidden world. brief: its sizes and kind. seed: int, drawn by whoever runs the play.

    before: DayLogs under the incumbent. catalog: of the log's first morning; what is born later stands in its days.
    users: of the morning on which a submission starts.
    people: int. slate_size: int. Raises HiddenWorldError where the process cannot start or ends.
    """

    def __init__(self, brief, seed: int):
        path = filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])       # -P: no file of this folder is imported
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(path)}
        self._process = subprocess.Popen([sys.executable, "-P", "-m", HOST], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, env=environment)
        try:
            made = self._ask("make", kind=brief.kind, seed=seed, warm_days=brief.warm_days, people=brief.people,
                             items=brief.items, requests_per_day=brief.requests_per_day)
        except BaseException:
            self.close()
            raise
        self.before: list[DayLog] = made["before"]
        self.catalog, self.users, self.people = made["catalog"], made["users"], made["people"]
        self.slate_size = made["slate_size"]

    def __enter__(self) -> HiddenWorld:
        return self

    def __exit__(self, *error) -> None:
        self.close()

    def close(self) -> None:
        """End the process; nothing of the world remains."""
        self._process.kill()
        self._process.wait(10)
        with contextlib.suppress(OSError):               # what it never read cannot be written any more
            self._process.stdin.close()
        self._process.stdout.close()

    def play(self, policy, days: int) -> dict:
        """worth, float (days,), rows, a dict a day, days, the DayLogs, of days in which everyone has this policy, and
        people, how many there are then. The oracle's days stay where they are, and are [].

        policy: "incumbent", "oracle", or an object with slates(requests) and observe(day_log).
        """
        named = isinstance(policy, str)
        kept = []
        told = self._ask("play", None if named else policy, kept, who=policy if named else "handed in", days=days)
        return told if named else told | {"days": kept}

    def test(self, policy, salt: int) -> _Test:
        """A split test to come, as `launch_readings.readings` wants it: half of people get the policy."""
        return _Test(self, policy, salt)

    def sample(self, count: int, seed: int) -> Requests:
        """Some requests of the coming day."""
        return self._ask("sample", count=count, seed=seed)

    def grade(self, slates: np.ndarray, candidates: np.ndarray | None) -> dict[str, np.ndarray]:
        """What slates for the sampled requests are worth beside the best that could be made; see hidden_host.grade."""
        return self._ask("grade", slates=slates, candidates=candidates)

    def _ask(self, name, policy=None, keep: list | None = None, **arguments):
        """A question and its answer; in between, requests and days of a play go to the policy, days to `keep` too."""
        try:
            send(self._process.stdin, (name, arguments))
            while True:
                kind, told = receive(self._process.stdout)
                if kind == "done":
                    return told
                if kind == "error":
                    raise HiddenWorldError(f"A hidden world refused to {name}: {told}")
                try:
                    back = self._of_policy(policy, kind, told, keep)
                except BaseException:
                    send(self._process.stdin, GIVEN_UP)          # else it would wait, and take the next question for it
                    raise
                send(self._process.stdin, back)
        except (EOFError, BrokenPipeError) as error:
            raise HiddenWorldError(f"The process of a hidden world ended while it was asked to {name}; what it wrote "
                                   f"stands above. Run again.") from error


    @staticmethod
    def _of_policy(policy, kind: str, told, keep: list | None):
        """Its slates for a request, or None for a day that it has seen."""
        if kind == "slates":
            slates = policy.slates(told)
            return slates.item, slates.propensity
        policy.observe(told)
        if keep is not None:
            keep.append(told)
        return None


class _Test:
    """What `launch_readings.readings` asks of a launch: before, split, and an environment that runs and counts."""

    def __init__(self, world: HiddenWorld, policy, salt: int):
        self.before, self.environment = world.before, self
        self._world, self._policy, self._salt, self._people = world, policy, salt, world.people

    def split(self, share: float):
        return SimpleNamespace(share=share, salt=self._salt)

    def run(self, split, days: int) -> list[DayLog]:
        kept = []
        told = self._world._ask("test", self._policy, kept, share=split.share, salt=split.salt, days=days)
        self._people = told["people"]
        return kept

    def users(self) -> range:
        return range(self._people)
