"""The first set of solutions that were written blind; blind_sets.py says what is asked of it."""

from blind_sets import MeasuredSet, without_timing


class TestFirstSet(MeasuredSet):
    which = "first"
