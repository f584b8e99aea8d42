"""Systems that play beside what is handed in; each file is a submission as a learner would write it."""
