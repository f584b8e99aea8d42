"""What a claim is: something the field says, with the band that a measurement has to fall into, fixed beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass

from course_lib.contracts import ArgumentError
from course_lib.teach import lessons


@dataclass(frozen=True)
class Claim:
    """Something the field says, and the band in which a measurement must fall for it to hold, fixed beforehand.

    expected: (low, high); either end may be infinite. unit stands behind the number. lesson defaults to the id's.
    id: written "ann.compression", read "5.compression"; texts may hold {{ann}} (see teach.lessons).
    """

    id: str
    says: str
    who: str
    expected: tuple[float, float]
    unit: str = ""
    lesson: str = ""

    def __post_init__(self):
        lessons.fill(self, "claim")
        low, high = self.expected
        if math.isnan(low) or math.isnan(high) or low > high:
            raise ArgumentError(f"claim {self.id}: expected is ({low}, {high}); expected (low, high) with low <= high.")
        object.__setattr__(self, "lesson", self.lesson or lessons.number(self.id.split(".")[0]))
