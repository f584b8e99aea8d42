"""Exercises and claims on the feature audit; the exercises stand in the modules beside this one, as do their mistakes."""

from course_lib.teach.cards.feature_audit.asked_of_audit import QUIZZES
from course_lib.teach.cards.feature_audit.audit_claims import CLAIMS
from course_lib.teach.cards.feature_audit.histograms import PSI
from course_lib.teach.cards.feature_audit.how_fresh import FRESH
from course_lib.teach.cards.feature_audit.known_then import JOIN
from course_lib.teach.cards.feature_audit.not_known_yet import UNKNOWN
from course_lib.teach.cards.feature_audit.refreshes import SNAPSHOT
from course_lib.teach.cards.feature_audit.row_differences import MISMATCH
from course_lib.teach.cards.feature_audit.session_gaps import SESSION
from course_lib.teach.cards.feature_audit.signed import SIGNED
from course_lib.teach.cards.feature_audit.store import LAYERS
from course_lib.teach.cards.feature_audit.warm import CACHE

__all__ = ["CARDS", "CLAIMS", "DECISIONS", "QUIZZES", "REFEREED", "RETIRED"]

CARDS = [JOIN, MISMATCH, SNAPSHOT, PSI, SESSION, LAYERS, CACHE]
DECISIONS = (SIGNED, FRESH)
REFEREED = (UNKNOWN,)
RETIRED = ["feature_audit.4", "feature_audit.5", "feature_audit.7"]      # asked by the first edition
