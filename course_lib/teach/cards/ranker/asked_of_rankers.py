"""Questions on rankers, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

RANDOM = "AUC inside a request on random slots, and features unknown at serving"
BIAS = "Add a term of position alone to the logit, and leave it out when serving."
ENOUGH = "About 10,000 clicks, fewer for a paired difference."
TWO = "Platt's two numbers, on yesterday's rows at the top position."
ALL = "Train P(click and stays) on all rows too, and compare the two."
HEADS = "Heads on shared layers, each compared with a model of its own."
STATE = "Score without it if training knew that state, else serve retrieval's order."
MONEY = "P(click) · P(buy | click) · (margin − P(return) · what a return costs)"
FETCH = "The features: 120 KB from a store."
GATE = "Random slots, slices, p99 and missing features, beside the one that serves."
SOURCES = "First see what the sources' scores carry without it."

QUIZZES = (
    Quiz("ranker.q1", "The new ranker's AUC is 0.03 higher. In the A/B test, clicks fall. What do you look at first?", {
        "The A/B test: AUC on millions of rows can't be wrong":
            "AUC can be exact and still answer another question: whom it compares is the point.",
        RANDOM: "Yes. Pooled AUC pays for telling people apart, rows in the old order for copying that order, and a live position "
                "makes any model look good. It also weighs a pair at the foot of the slate like one at the top, where slates pay.",
        "The learning rate and the number of trees":
            "Those change the fit to the log. The log is not what is in doubt.",
        "Calibration: isotonic regression will bring the clicks back":
            "A monotone map changes no order inside a slate, so it cannot change which ten are shown."}, RANDOM),
    Quiz("ranker.q2", "Position as a column needs a value at serving, and trees may let it interact with other columns. What is a cleaner form?", {
        "Serve the mean position instead of 1, so that nobody is favoured.":
            "Any default value is arbitrary as soon as position interacts with other columns (Guo et al. 2019): another value orders other items on top.",
        BIAS: "Yes. A bias that is only added shifts all candidates alike, so its value no longer matters. YouTube (Zhao et al. 2019) uses a shallow tower "
              "that takes position, drops it at random in training and is set to missing when serving. PAL (Guo et al. 2019) multiplies instead: "
              "P(click) = P(seen | position) · P(click | seen), and serves the second factor alone. Neither covers trust: a bad item on top is clicked because it is on top.",
        "Train one ranker for each position, and serve the one of place 1.": "Each would learn from other items, a tenth of the rows each, and the ranker for place 1 from what the old system put there."}, BIAS),
    Quiz("ranker.q3", "One slot in fifty is random, 5% of the showings there are clicked. How much do you need to tell an AUC of .71 from .70?", {
        "A few hundred clicks: AUC uses all pairs.": "Pairs share their rows. With n clicks among many rows the standard error is some √(1/(12·n)): .017 at 300, more than the .01 that is asked.",
        ENOUGH: "Yes: √(1/(12 · 10,000)) = .0029, for independent rankers √2 times as much. That is 200,000 random showings, ten million in all. Two rankers judged on the same rows err together, so "
                "their difference needs fewer. Resample people, not rows. The price, share × (usual CTR − random CTR), needs an owner. And the best of many by such a number "
                "is overstated: judge the winner on fresh rows.",
        "Nothing can: random slots hold too few good items.": "The order of items is what is asked, and random slots hold all kinds."}, ENOUGH),
    Quiz("ranker.q4", "A model is retrained each night. Its means drift, its order is fine. How do you calibrate?", {
        "Isotonic regression on the training rows.": "There the model looks better than it is, at any position. And a staircase needs about a thousand rows or more, and makes ties.",
        TWO: "Yes: σ(a·score + b) needs few rows (Platt 1999). Temperature is a alone. A monotone map leaves AUC as it was and mends no slice that is off: overall error can be 0 with new "
             "users at half and old ones at double. The map belongs to one version of the model and ships with it.",
        "Not at all, as long as ECE is small.": "A constant base rate has an ECE of 0. *Normalised entropy* (He et al. 2014), the log loss over that of the base rate, is 1 for it, and lower only for a model "
        "that knows more. Watch mean prediction over mean outcome, by day and version: it alarms sooner."}, TWO),
    Quiz("ranker.q5", "P(stays | click) is fitted on clicked rows and multiplied in for all candidates. What do you do?", {
        "Nothing: a conditional chance is fitted where its condition holds.": "And used where it never held: what nobody clicks is scored by extrapolation. The same gap lies between shown rows and the "
        "candidates never shown; where an item had no chance to be shown, no weight mends it.",
        ALL: "Yes. ESMM (Ma et al. 2018) fits P(click) and P(click and stays) over all showings, and has the conditional only as their ratio. Compare on all rows shown, clicked or not. For what was never shown, keep random slots, log the candidates, and watch "
             "the share of served items outside the range of training. More candidates from deeper ranks make it worse.",
        "Count all candidates that were never shown as rows without a click.": "Then the old system's choice becomes the label: what it "
        "left out is taught to be bad. A light weight on some of them can steady the model; it tells nothing of what they are worth.",
        "Weigh clicked rows by 1/P(click).": "Where P(click) is near 0 weights explode, and they come from the model that is in doubt."}, ALL),
    Quiz("ranker.q6", "Click, long read, report: three models, or three heads of one?", {
        "One head on their sum, so that the model settles it.": "Then nobody can say what a report costs. The weights are a rule with an owner, a date and a guardrail.",
        HEADS: "Yes, each calibrated by itself. Rare labels borrow strength, and one model saves time; unrelated tasks harm each other, so experts that each task weighs (MMoE, Ma et al. 2018) or keeps (PLE, Tang et al. 2020). Losses of rare labels "
               "drown: weigh them. A product multiplies the errors of its factors.",
        "Three models, always: they cannot harm each other.": "They cannot help each other either: reports are rare, and three models cost three times the milliseconds."}, HEADS),
    Quiz("ranker.q7", "In one request of a hundred the feature store answers after 30 ms. What does the ranker do?", {
        "Put 0 for each feature that is missing, so that all get a score.": "0 is a value: no clicks, the cheapest price. Trees take NaN as missing, if they met it in training: drop features at random there.",
        STATE: "Yes: a time-out is a state with a deadline; count it. Calibration fails first, so a product with a defaulted head orders wrongly. An order may fail open; a ban or a legal rule fails closed. Alarm on the "
               "fall-back rate by feature: pages look normal. Session features need seconds of freshness, and are worth less with each of delay.",
        "Wait for the store: a better order is worth 30 ms of this request.": "Everybody behind it waits too, and the page's deadline passes."}, STATE),
    Quiz("ranker.q8", "The same ranker moves to the shop. What is a candidate's score?", {
        "P(click), as in the feed: clicks are plenty": "They are, and fresh, so that head helps to learn; but dear articles are looked at and left. Slice by price.",
        "P(click) · P(buy | click) · price, the expected revenue": "Revenue is not what stays, and part of it comes back.",
        MONEY: "Yes, and every factor has to come true: money multiplies its error. Purchases come days later and returns weeks later (Chapelle 2014), so young rows are no negatives yet. Stock is a condition after "
               "the score, and no penalty in it."}, MONEY),
    Quiz("ranker.q9", "300 candidates, 100 features: a network 256–128–1, or 300 trees of depth 6. What may cost most?", {
        "The network: 35 million operations.": "2 · (100·256 + 256·128 + 128) = 117,000 a candidate, times 300: a few ms of one core.",
        "The trees: 540,000 branches.": "300 × 6 × 300 node visits: 3 to 5 ms at 5 to 10 ns.",
        FETCH: "Yes: 300 × 100 numbers of 4 bytes, 120 MB/s at a thousand requests, from a store that has its own p99. 20 ms over 300 is 67 µs a candidate, features included. A cascade (a small model scores all, a large one the top) or a small model that learns from a large one keeps "
               "the size off the many; what the first cut loses is measured against the large model's order on all."}, FETCH),
    Quiz("ranker.q10", "Tonight's ranker gains 1% on the mean. What has to pass before it serves?", {
        "The same mean, with an interval over people that does not reach 0.": "A mean over requests is that of heavy users. New people and new items may lose; a few slices, named before, are looked at.",
        GATE: "Yes, with the last pair of model and map kept for a roll-back, and a warm-up. How often to retrain: measure models of several ages on today's rows (He et al. 2014). Recalibrate more often than that. Rows too young to have "
              "their label wait. A gain that fades by first day of a cohort was novelty.",
        "Its AUC on tonight's rows, beside that of the ranker that serves.": "Those rows are in the order of the ranker that serves."}, GATE),
    Quiz("ranker.q11", "Ten million items could get 32 numbers each in the ranker, trained with Adam. Would you?", {
        "Yes: 1.28 GB fit into the memory of one server.": "With Adam's two moments it is 3.84 GB in training; in serving every ranker holds it, or fetches 300 × 128 B = 38 KB a request.",
        "Yes, hashed to a million rows, a tenth of the bytes.": "The tail collides, and the tail is what a table was for.",
        SOURCES: "Yes: retrieval's vectors are a table already, and their scores are features here. What is left for another one is a measurement. "
        "A source that did not return a candidate has no score for it: missing, not 0. Each source is fitted, fetched and watched, and a source that is fitted "
        "anew moves the ranker's columns: both ship as one version."}, SOURCES),
)
