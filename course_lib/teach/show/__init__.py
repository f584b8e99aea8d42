"""What a learner sees: plots, widgets, notices, quizzes, the picture of a request and the map of the system."""

from course_lib.teach.show.widgets import explore

__all__ = ["explore"]
