"""Questions on the feature audit, asked along the lesson, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

FIRST = "Recompute it as of each row's moment and compare"
LOGGED = "Log the served vectors, with version and age."
MATTERS = "Put it back to its old values and see whether the scores move."
SPACE = "Candidates that were never shown have values that training hardly held."
STATES = "A default with a flag, in a state that training has seen."
CLOSED = "Taste: the old value. Stock, price, consent: no."
FAMILIES = "Drop whole families, refit, and test against a margin."
DELETED = "Fail closed now; delete everywhere; keep a model without history."
SHADOW = "Compare it row by row at real requests, then A/A-test it."
TEN = "Ten times its usual reads."
CHECKED = "Schema, ranges, gaps, rows: a batch that fails stays out."
RETIRED_LAST = "Find readers, name a date, retrain, stop reads, then the job."

QUIZZES = (
    Quiz("feature_audit.q1", "A feature's AUC alone is 0.97 in training and it is there at serving. What do you do first?", {
        "Ship it; check the A/B test": "The test costs weeks and users; the mismatch costs a query.",
        FIRST: "Yes. If the two differ, you have the leak; if not, the gain. And if no feature is at fault, the offline test may be: its rows were chosen by the old "
               "policy (selection), or the experiment was too small to see a gain. To place a fall, take it in three steps (Zinkevich, rule 37): from training to held-out rows, "
               "from those to the next day (features that age), from there to live. In the last step the same rows have to get the same scores: a gap is a fault of engineering.",
        "Drop it: no honest feature ranks that well alone": "Often right, and you would never know. Strong honest features exist.",
        "Split by time and measure again": "A split protects rows (with a gap between training and test as long as labels take to come). The table is at fault, and so may vocabularies, scalers, embeddings and target encodings be "
        "that were fitted on all rows."}, FIRST),
    Quiz("feature_audit.q2", "Train on vectors logged while serving, or on recomputed ones: which is the habit?", {
        LOGGED: "Yes. 200 features of 4 bytes for ten shown items are 8 KB a request, 0.8 TB for 100 million requests a day; for all 1,000 candidates it would be "
                "80 TB. So log what was shown, and of the rest a random sample. Two bytes a number (fp16) halve it, here and in the store, as long as training reads that same form. What was logged keeps its bugs: mark the rows of broken days by version and age, "
                "and leave them out of training.",
        "Recompute everything: storage is dear.": "Recomputing is needed for a new feature, which has no logged past: the other way is to log it and wait for a whole training window. For the others it asks a second code "
        "path to agree with the first, with clocks that are seconds apart between machines. And what a table overwrites in place has no past to be joined from. Where days have both, demand that a backfill "
        "equals the logged vectors.",
        "Either: the same definition gives the same value.": "Only if moment, late events, defaults and rounding agree as well. That is what a comparison of logged with "
        "recomputed vectors is for."}, LOGGED),
    Quiz("feature_audit.q3", "A feature has moved by a PSI of 0.3. What do you do before anybody is woken?", {
        "Roll back to the model of before the feature moved.": "The inputs moved; perhaps nothing else did. Where the chance of a click given the feature is unchanged (covariate shift), calibration "
        "in its slices stays good and there is nothing to mend.",
        MATTERS: "Yes. Before that, look at the share of missing values, which is cheap and points at broken jobs, and compare with the same weekday and season. Then "
                 "calibration in slices of the feature. And 200 features tested daily at 5% give ten false alarms a day: correct for their number, or rank by effect.",
        "Nothing: with many rows every feature moves by more than noise.": "Mostly. A unit that changed is drift too."}, MATTERS),
    Quiz("feature_audit.q4", "All checks pass on shown rows. Serving computes the same features for 500 candidates. What can still be wrong?", {
        "Nothing: definitions, moments and logged vectors are the same.": "They are, and the rows are not. A model is fitted on what the old policy showed.",
        SPACE: "Yes. A rate of few showings is noise: shrink it, (clicks + a)/(showings + a + b), and hand over the count too. Count a showing only when its click would have come, or what is new looks unloved. An item's rate also holds its usual "
               "position: divide by expected clicks at its positions. Audit training rows against *scored* candidates, and log a small random slice of candidates with all "
               "features: it is the test of the whole space.",
        "Reading 500 candidates takes longer than the request has.": "That is measured, and no matter of truth."}, SPACE),
    Quiz("feature_audit.q5", "A read has a p99 of 10 ms, and 5 are left. What does the ranker get for the one request in a hundred?", {
        "NaN: trees take missing values as they come.": "LightGBM reads NaN as zero where training had none: “no clicks”, which is a statement, and here a false one.",
        "It waits: a late value is better than a wrong one.": "Then three such reads in parallel make 3% of requests late (1 − .99³), and a hundred shards 63%.",
        STATES: "Yes: a deadline below the budget, a declared default, an is-missing flag, and training rows from which the feature was dropped at random in the expected "
                "share. Log three states apart: never existed, not in time, too old. One key that holds all of a user's features makes the read one lookup, and one miss."}, STATES),
    Quiz("feature_audit.q6", "The store stalls, and values pass their age limits. What fails open, serving on, and what closed?", {
        "Stock and price: the old value. Taste: an empty page.": "The other way round. A sold-out article costs the order, and withdrawn consent is no matter of quality.",
        CLOSED: "Yes: unknown means no for what would do harm. Set taste's limit where measurement says: the AUC of the old value against that of the default, and the age at which "
                "they cross. If a whole family is gone, a model trained without it is better than one fed with defaults. When the whole store is down: a deadline; then the last value that the ranker's "
                "own memory holds; then the default. After some failures stop asking for a while (a circuit breaker), so that the store can come back. No error rate shows it, so page "
                "its owner when the share of requests on defaults passes a limit.",
        "All closed: no value past its age.": "Then a stalled store empties the page. Old taste still orders well, as the curve of age shows."}, CLOSED),
    Quiz("feature_audit.q7", "300 features, one quarter. Which go, and how do you show that it costs nothing?", {
        "Those with the lowest AUC alone, as long as p > .05.": "Alone says nothing of what the others hold already; permutation importance splits the credit among features that say the same.",
        FAMILIES: "Yes: “costs nothing” is a claim within a margin named beforehand, and not p > .05. Price each: bytes, reads, a job, its owner; keep by gain for each unit of "
                  "price. Every feature has an owner and an end date. What nobody renews goes into the next ablation.",
        "None: trees never split on what is useless.": "The job that feeds it does not, nor does whoever is woken by it."}, FAMILIES),
    Quiz("feature_audit.q8", "One user withdraws consent, another deletes the account, a third browses incognito. What happens to their features?", {
        "The store forgets all three when their TTL is over.": "A TTL is no deletion, above all where the store does not apply it.",
        DELETED: "Yes. Consent is read at the request; without it features are missing, in the state that training has seen. Deletion reaches online store, cache, logs and training "
                 "tables. Counts over items may stay, vectors of a person may not: the lineage card says which a feature is, who may read it and for what purpose. A feature that stands for a protected trait (a district for an origin) "
                 "is treated as the trait. Such people grow in number, so they get a quality "
                 "figure of their own.",
        "The nightly job deletes all three from the store.": "A day too late, and only if the job reaches every copy."}, DELETED),
    Quiz("feature_audit.q9", "A new pipeline for the old features is ready. How do you let it in?", {
        SHADOW: "Yes. In *shadow* it computes at real requests and serves nobody; its vectors are logged and recomputed, and the share that differs has to be "
                "near zero, feature by feature. Then any difference in the A/A test (the old model on either pipeline) is the pipeline's. Test what comes after the read too: clipping, defaults, hashing, tokenising. With embeddings compare versions: a user vector of model 2 against items of "
                "model 1 is a skew in which nothing is missing.",
        "Compare each feature's mean and histogram on both.": "Two columns can have one histogram and differ in every row.",
        "Both teams use the feature store: no test is needed.": "A store keeps the definition one. Moment, age and what comes after the read are not in it."}, SHADOW),
    Quiz("feature_audit.q10", "A cache with a hit rate of 90% restarts at peak. What does the store get?", {
        "Its usual reads and a tenth more.": "The cache answered nine in ten. Those come to the store now.",
        TEN: "Yes, 1/(1 − 0.9). So restart machines one after another, let traffic in by steps, merge requests for one key, spread the times at which keys expire, and load the busiest users first. A cached value is older by up to the "
             "cache's own time to live, which belongs into the contract's age, as does the time by which a replica lags behind.",
        "Nothing: it warms up in seconds.": "It does, from people who ask again. Those seconds are what the store has to survive."}, TEN),
    Quiz("feature_audit.q11", "The nightly batch of features is ready. What is done before it reaches the online store?", {
        "Nothing: drift alarms watch the store.": "They ring after people have been served, and a unit that changed in one feature of two hundred may move no histogram that anybody "
        "watches. The check costs seconds.",
        CHECKED: "Yes, against a contract with whoever delivers the data: names and types, units and ranges, the share of missing values and the number of rows against the same "
                 "weekday. Then let the model score a sample from the old batch and from the new. What fails is kept apart, and its owner is paged. The last good batch serves on, and its age "
                 "rings when it must. Publish whole batches, by switching a version, so that no request reads half of each. A backfill passes the same gate, and no older value "
                 "replaces a newer one. Streams are checked event by event: a click without an id or from next year is put aside and counted. What comes after the watermark is put aside too, "
                 "or corrects the count; measure how late events come before you say how long to wait.",
        "Each value is checked; what is out of range becomes 0.": "0 is a count, and so a statement. A gap in the state that training has seen is honest. And a fault in many rows is "
        "the batch's: hold it back."}, CHECKED),
    Quiz("feature_audit.q12", "A feature is to go, and two models of other teams may read it. In which order?", {
        "Stop the job: who complains was a reader.": "Nobody complains. The values stay and grow old, or become defaults, and the models answer on.",
        "Write its mean everywhere, so that no model notices.": "Every model that reads it changes its answers, and none says so.",
        RETIRED_LAST: "Yes. The registry and the log of reads say who reads it. From the day it is announced no new reader is let in. Each model is retrained without it and tested within a "
                      "margin. Then reads stop, and the job runs on for some days, so that a roll-back finds fresh values. Last go the job and the online values. Its history stays as long as a "
                      "model that was trained on it serves. It is the same with a changed definition: the new one gets a name of its own and is filled beside the old one until the last reader "
                      "has moved."}, RETIRED_LAST),
)
