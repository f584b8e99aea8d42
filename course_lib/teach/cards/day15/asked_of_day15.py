"""Questions on handing a system in, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

LIKE = "It finds again what the incumbent showed, for only that could be clicked."
FRESH = "No: they chose it. Play worlds that are drawn when you run it, and report those."
WINDOW = "Read money kept of a closed week of requests, after its returns; until then let guardrails stop it."
COUNT = "What part of the loss known work can win back, how soon, and what the later stages make of it."

QUIZZES = (
    Quiz("day15.q1", "On the log's last days your system finds more of what people clicked than any other. In hidden worlds it is "
                     "certainly behind one that found less. Why can that be?", {
        "The log's last days were too few people.": "Then the two could not be told apart on the log. They were: it was certainly above.",
        LIKE: "Yes. A slate that looks like the old one collects the old one's clicks. What the incumbent never showed has no clicks in the log, "
              "however good it is, and a click that people regretted counts there as well.",
        "The hidden worlds are of another kind than the log.": "They are the same world, one morning later, under another policy. What changed is who chooses."},
         LIKE),
    Quiz("day15.q2", "You played one stored result's worlds again with forty settings (`--again`) and hand in the best. Its lift there "
                     "is what you report?", {
        "Yes: true worth by twins has no sampling error.": "None within a world. But worlds differ, and forty settings were compared on a few of them: the best suits "
                                                            "those worlds, partly by luck.",
        FRESH: "Yes. Tuning to known worlds is a training set without a test set. To debug, playing the same worlds again is what you want; "
               "the report then says that its seeds were given, and it is no hidden run.",
        "Yes, with its interval over those worlds.": "The interval says how worlds vary. It does not know that the best of forty was picked."}, FRESH),
    Quiz("day15.q3", "The marketplace's brief counts money that is kept. Your plan ships on day 14. What should it read?", {
        "Orders up to day 14.": "They hold sales that will come back, and lack purchases of the last days that have not reached the log.",
        WINDOW: "Yes. What a change sells and what comes back arrive at different times, so an early look is kindest to what sells most and keeps least.",
        "Clicks, which come at once.": "A proxy with a date to look again can be right. Without one it is the feed's plan in a shop."}, WINDOW),
    Quiz("day15.q4", "The report says that choice loses most. What else do you ask before you mend it?", {
        "Nothing: the largest loss comes first.": "The largest loss may be the one that nobody knows how to win back.",
        COUNT: "Yes. A loss by stage supposes that all that follows is perfect. It says where worth went, not what a week of work brings.",
        "Whether the losses add up to one.": "Together with what is kept they do, by the way in which they are counted. That is arithmetic."}, COUNT),
)
