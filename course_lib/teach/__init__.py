"""What makes the notebooks teach: exercises, predictions, claims, comparison, plots."""

from course_lib.teach import plots, progress
from course_lib.teach.card import Card, Case, Claim, Invariant, Mistake, card_markdown
from course_lib.teach.comparison import compare
from course_lib.teach.exercises import exercise, hint, solution
from course_lib.teach.predictions import measured, predict
from course_lib.teach.quizzes import Quiz, answer, quiz
from course_lib.teach.widgets import explore

__all__ = ["Card", "Case", "Claim", "Invariant", "Mistake", "Quiz", "answer", "card_markdown", "compare", "exercise",
           "explore", "hint", "measured", "plots", "predict", "progress", "quiz", "solution"]
