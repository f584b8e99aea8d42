"""What makes the notebooks teach: exercises, predictions, claims, comparison, plots."""

from course_lib.teach import progress
from course_lib.teach.checking.comparison import compare
from course_lib.teach.checking.exercises import exercise, hint, solution
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake, card_markdown
from course_lib.teach.definitions.claim import Claim
from course_lib.teach.definitions.decision import Decision
from course_lib.teach.definitions.quiz import Quiz
from course_lib.teach.definitions.refereed import Refereed
from course_lib.teach.ledger.predictions import measured, predict
from course_lib.teach.played.decide import decide
from course_lib.teach.played.referee import referee
from course_lib.teach.show import plots
from course_lib.teach.show.quizzes import answer, quiz
from course_lib.teach.show.widgets import explore

__all__ = ["Card", "Case", "Claim", "Decision", "Invariant", "Mistake", "Quiz", "Refereed", "answer", "card_markdown",
           "compare", "decide", "exercise", "explore", "hint", "measured", "plots", "predict", "progress", "quiz",
           "referee", "solution"]
