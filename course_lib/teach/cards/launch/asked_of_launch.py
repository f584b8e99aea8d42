"""Questions on the launch, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

GO_ON = "Go on to 25%: no loss is proved, few are at risk, and more people will tell."
SHADOW = "Shadow first, then a canary of a few servers, then the test on people."
ALL_BACK = "Model, index, features and configuration, as one version that was kept warm."
WINDOW = "Not yet: fix the week of requests and wait until its returns are in."
SHRINK = "About +1.5%: half of what was measured."
RATE = "An alarm on the share of fallbacks, with a stop that needs nobody."

QUIZZES = (
    Quiz("launch.q1", "Day 2, five percent of users. A guardrail's interval runs from −12% to +6%, its margin is 5%. What now?", {
        "Roll back: it may have lost more than the margin.": "It may. So may everything at five percent. A ramp that rolls back on \"may\" never launches anything.",
        GO_ON: "Yes. Early steps look for disasters; the gate at half asks for proof. A step lasts at least a whole day, so that it has seen the peak hour, and each is a test of capacity as well.",
        "Go on to 100%: the interval holds zero.": "Holding zero is not proof of safety; the same interval holds −12%.",
        "Widen the margin to 15% so that it passes.": "The margin says what loss you can live with. It does not know the data."}, GO_ON),
    Quiz("launch.q2", "A new ranker with new features. In which order do you expose it?", {
        "Straight to 1% of people: they are few.": "One percent of people meet errors that nobody needed to meet. What can be found without people is found without them.",
        SHADOW: "Yes. In shadow the new system answers real requests and nobody sees it: errors, latency, missing features and scores that differ from those of training are found. "
                "It cannot say how people respond, it doubles the load on shared stores, and it must write no exposure. A canary compares a few servers for minutes with fresh ones "
                "of the old version. Only the test compares people, for days.",
        "A canary for two weeks, then everybody.": "Servers share users and stores, so two weeks of a canary are no test of people, and minutes suffice for errors."}, SHADOW),
    Quiz("launch.q3", "The plan says “roll back” on failure. What goes back at three in the morning?", {
        "The model file.": "Then an old model reads new features, from an index of new vectors. Scores come out, and mean nothing.",
        ALL_BACK: "Yes, and it was rehearsed with a measured time. An old system that was switched off comes back cold, with counters that stopped. "
                  "The log of the days between holds the new system's choices, and the old one trains on them.",
        "Traffic, by the load balancer; the rest follows in the morning.": "It is the first thing to move. But what it goes back to must exist, fed and warm."}, ALL_BACK),
    Quiz("launch.q4", "At night one index shard dies. Every page is full, every metric of errors is calm. What should have rung?", {
        "The p99: it must have risen.": "Fallbacks are faster than the chain. It fell.",
        "Dwell a user, next morning.": "It will, after a day. And it rings for a hundred other reasons.",
        RATE: "Yes. A ladder that works hides the fault, so the rung that answered is written into every answer, and its share has a threshold from calm weeks. "
              "Some actions need no meeting: below the threshold back to the last version, and a person is called."}, RATE),
    Quiz("launch.q5", "The shop's test is a week old: orders +4%. The feed's plan would read its primary metric today. Launch?", {
        "Yes: orders are the primary metric.": "Orders of this week, with their returns still to come. A change that sells what comes back looks best now.",
        WINDOW: "Yes. Count by the request that led to it, not by the day on which money moved; close the week, wait its window out, and read money kept. Meanwhile guardrails that come at once "
                "(clicks, stock-outs, cancelled orders) can still stop it.",
        "No: run the test for four weeks more.": "More requests do not help: the last week's returns would again be missing. It is the window that has to pass."}, WINDOW),
    Quiz("launch.q6", "Your launches' true effects spread by 2% around 0. A test with an error of 2% shows +3%. What do you promise?", {
        "+3%: the estimate is unbiased.": "Before anyone looks. Among launches that show +3%, most had luck.",
        SHRINK: "Yes: the estimate times spread² / (spread² + error²), here a half. Where a tie would cost upkeep, the promise decides, not the estimate.",
        "Nothing: the interval holds zero.": "Then say so with the shrunken estimate: 1.5%, and how unsure it is."}, SHRINK),
)
