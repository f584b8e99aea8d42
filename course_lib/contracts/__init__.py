"""The words every part of the course shares: requests, slates, logs, policies, environments, errors.

Axis letters, fixed once: B requests in a batch, C candidates a request, K slots of a slate, N items, d width.
Ids are dense integers from 0; -1 pads a row that has fewer. Times are float64 seconds; a day has 86,400 of them
and day = time // 86,400. Positions count from 1 at the top. Importing it imports numpy
only; pandas comes inside functions that read tables. Import from here, not from the modules within.
"""

from course_lib.contracts.arguments import as_count, as_ids, as_numbers, check_finite, check_labels, check_shape
from course_lib.contracts.columns import (
    DAY_S,
    IMPRESSION_COLUMNS,
    INTERACTION_COLUMNS,
    OUTCOME_COLUMNS,
    OUTCOME_KINDS,
    REQUEST_COLUMNS,
)
from course_lib.contracts.draw import best_k, keyed_uniform
from course_lib.contracts.errors import (
    ArgumentError,
    BudgetError,
    ConstraintError,
    CorruptError,
    CourseError,
    DataError,
    LeakageError,
    LogMismatchError,
    ShapeError,
    SlateError,
    UnknownIdError,
)
from course_lib.contracts.formulas import ndcg_of_hits, unit_rows
from course_lib.contracts.keys import check_same_keys, check_unique_rows, repeated
from course_lib.contracts.memory import blas_threads, check_memory, free_memory
from course_lib.contracts.requests import Candidates, Requests, Slates
from course_lib.contracts.roles import (
    Arm,
    Assignment,
    Environment,
    Filter,
    LogSink,
    Policy,
    Ranker,
    Reranker,
    Retriever,
)
from course_lib.contracts.tables import Catalog, Dataset, DayLog
from course_lib.contracts.vocabulary import Vocabulary

__all__ = [
    "ArgumentError", "Arm", "Assignment", "BudgetError", "Candidates", "Catalog", "ConstraintError", "CorruptError",
    "CourseError", "DAY_S", "DataError", "Dataset", "DayLog", "Environment", "Filter", "IMPRESSION_COLUMNS",
    "INTERACTION_COLUMNS", "LeakageError", "LogMismatchError", "LogSink", "OUTCOME_COLUMNS", "OUTCOME_KINDS",
    "Policy", "REQUEST_COLUMNS", "Ranker", "Requests", "Reranker", "Retriever", "ShapeError", "SlateError",
    "Slates", "UnknownIdError", "Vocabulary", "as_count", "as_ids", "as_numbers", "best_k", "check_finite",
    "blas_threads", "check_labels", "check_memory", "check_same_keys", "check_shape", "check_unique_rows",
    "free_memory", "keyed_uniform", "ndcg_of_hits", "repeated", "unit_rows",
]
