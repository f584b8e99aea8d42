"""Every error that the course raises on purpose: what was expected, what came, where first, what to do."""


class CourseError(Exception):
    """Base of every error this course raises on purpose."""


class ArgumentError(CourseError, ValueError):
    """An argument is outside what makes sense; the message names it, its value and what would be right."""


class ShapeError(ArgumentError):
    """Arrays disagree in shape."""


class SlateError(ArgumentError):
    """A slate repeats an item, shows one that is not eligible, or carries an impossible propensity."""


class UnknownIdError(CourseError, KeyError):
    """A user or item that was never seen."""

    __str__ = Exception.__str__  # KeyError would quote the message


class DataError(CourseError):
    """Data is missing, empty or not what its schema says."""


class CorruptError(DataError):
    """A file's checksum or format is wrong."""


class LogMismatchError(DataError):
    """An append to a log that another world, seed or version wrote."""


class LeakageError(CourseError):
    """Training data holds something that was not known at its time."""


class BudgetError(CourseError):
    """A stage cannot fit its budget of time, memory or candidates."""


class ConstraintError(CourseError):
    """Hard constraints of a slate cannot be met together."""
