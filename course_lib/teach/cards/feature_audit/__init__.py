"""Exercises and claims on the feature audit; the exercises stand in the modules beside this one, as do their mistakes."""

from course_lib.teach.cards.feature_audit.audit_claims import CLAIMS
from course_lib.teach.cards.feature_audit.histograms import PSI
from course_lib.teach.cards.feature_audit.known_then import JOIN
from course_lib.teach.cards.feature_audit.refreshes import SNAPSHOT
from course_lib.teach.cards.feature_audit.row_differences import MISMATCH
from course_lib.teach.cards.feature_audit.session_gaps import SESSION
from course_lib.teach.cards.feature_audit.store import LAYERS
from course_lib.teach.cards.feature_audit.warm import CACHE

__all__ = ["CARDS", "CLAIMS"]

CARDS = [JOIN, MISMATCH, SNAPSHOT, PSI, SESSION, LAYERS, CACHE]
