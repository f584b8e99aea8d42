"""Questions on handing a system in, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

LIKE = "It finds what the incumbent showed, for only that could be clicked."
FRESH = "The lift in worlds that are drawn after the choice is made."
WINDOW = "Money kept of an early week, whose returns are known by then."
COUNT = "What part of it can be won back, and what later stages make of that."

QUIZZES = (
    Quiz("day15.q1", "On the log's last days your system finds more of what people clicked than any other. In hidden worlds it is "
                     "certainly behind one that found less. Why can that be?", {
        LIKE: "Yes. A slate that looks like the old one collects the old one's clicks. What the incumbent never showed has no clicks in the log, "
              "however good it is, and a click that people regretted counts there as well.",
        "The log's last days hold too few people to tell the two apart.": "They were told apart: over the worlds its lead on the log was certain.",
        "The hidden worlds follow other rules than the world of the log.": "They are the same world, one morning later, under another policy. What changed is who chooses."},
         LIKE),
    Quiz("day15.q2", "You played one stored result's worlds again with forty settings (`--again`) and hand in the best. Which lift "
                     "do you report?", {
        "The lift in those worlds, since twins leave no sampling error.": "None within a world. But worlds differ, and forty settings were compared on a few of them: the best suits "
                                                            "those worlds, partly by luck.",
        FRESH: "Yes. The old worlds chose it, so they cannot judge it. Tuning to known worlds is a training set without a test set. To debug, playing the same worlds again is what you want; "
               "the report then says that its seeds were given, and it is no hidden run.",
        "The lift in those worlds, with its interval over them.": "The interval says how worlds vary. It does not know that the best of forty was picked."}, FRESH),
    Quiz("day15.q3", "The marketplace's brief counts money that is kept. Your plan ships on day 14. What should it read?", {
        "Orders up to day 14, since they are all that is known by then.": "They hold sales that will come back, and lack purchases of the last days that have not reached the log.",
        "Clicks up to day 14, since they come at once and are many.": "A proxy with a date to look again can be right. Without one it is the feed's plan in a shop.",
        WINDOW: "Yes. What a change sells and what comes back arrive at different times, so an early look is kindest to what sells most and keeps "
                "least. Until that week is closed, guardrails can stop the launch."}, WINDOW),
    Quiz("day15.q4", "The report says that choice loses most. What else do you ask before you mend it?", {
        "Nothing more: the largest loss is the one to mend first.": "The largest loss may be the one that nobody knows how to win back.",
        "Whether the losses of all stages, with what is kept, add up to one.": "Together with what is kept they do, by the way in which they are counted. That is arithmetic.",
        COUNT: "Yes, and how soon. A loss by stage supposes that all that follows is perfect. It says where worth went, not what a week of work "
               "brings."}, COUNT),
)
