"""What a learner sees: plots, widgets, notices, quizzes, the picture of a request and the map of the system."""
