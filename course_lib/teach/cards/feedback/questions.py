"""Questions on feedback: what clicks say, and what they do not."""

from course_lib.teach.definitions.quiz import Quiz

QUIZZES = [
    Quiz("feedback.q1", "Your log comes from a good ranker and has no random slots. A colleague estimates the examination curve from click rates "
         "by position and reweighs the training data with it. What happens?",
         {"Position bias is removed.": "Only if items stood at random. Here the curve holds the ranker's merit as well.",
          "Good items lose, because their merit was taken for position.":
              "Yes. The curve is too steep, so clicks further down count too much and those at the top too little.",
          "Nothing: the bias is the same for all items.": "It is not: an item that always stands on top is affected most.",
          "The model becomes calibrated.": "Calibration is another question; and this reweighing would break it."},
         "Good items lose, because their merit was taken for position."),
    Quiz("feedback.q2", "In your random slots, the curve of the worse half of the items falls more steeply than that of the better half. Clicks are "
         "divided by the one curve of all items. What follows?",
         {"The items that people like least look better at the top than they are.":
              "Yes. Some of their clicks at the top come of trust and not of liking. Subtract that part before you divide.",
          "Nothing, as long as the slots are random.": "Random slots make the positions alike in what stands there. They do not make a click "
              "a look times a liking.",
          "The curve is too steep for all items alike.": "It is right for an average item only, and errs in opposite directions for the others.",
          "More random traffic brings the curves together.": "More traffic makes both curves more precise. They differ in truth."},
         "The items that people like least look better at the top than they are."),
    Quiz("feedback.q3", "A job trains every night on all clicks of the last 30 days that have a label; a window is 14 days. Sales are steady, yet its "
         "predicted rate is 80% too high. Someone shortens the log to 20 days, so that the model is fresher. What does that do?",
         {"The rate is overstated even more.": "Yes. The share of young clicks grows from 14 of 30 days to 14 of 20, and the young ones that have a "
              "label are all purchases.",
          "The rate becomes right, since the data are newer.": "The young clicks are the trouble: those of them that have a label are all purchases.",
          "The rate is understated now.": "That happens where open windows count as a no. Here they are left out.",
          "Nothing, as the window is the same.": "What counts is the share of clicks that are younger than the window, and it grows."},
         "The rate is overstated even more."),
]
