"""Exercises and claims on the interview: five questions of a design interview. Every choice is one that people give, and gets an answer."""

from course_lib.teach.definitions.quiz import Quiz

QUIZZES = (
    Quiz("interview.two_tower", "Why a two-tower model for retrieval, and what does it cost you?", {
        "It is the most accurate model there is for matching people with items":
            "It is not: person and item meet in a single dot product, so no feature of the pair can enter. Accuracy "
            "is what you give up.",
        "Item vectors can be computed ahead and indexed; no feature may join person and item":
            "Yes. The split is what makes it servable, and what it costs belongs into the same sentence. The ranker "
            "gets the crossed features back, on a few hundred items.",
        "It solves cold start, because its towers work from content, not from ids":
            "Only if the towers have content as input, and were trained so that it counts. With ids alone a new item "
            "has no vector worth the name.",
        "Matrix factorisation cannot be served from an index; a two-tower can":
            "It can: it is a dot product too. The towers earn their keep by features, history and time, not by being "
            "deep; hold them against a tuned ALS before you say more."},
         "Item vectors can be computed ahead and indexed; no feature may join person and item"),
    Quiz("interview.ann", "Forty million items, p99 of 30 ms for retrieval, little memory. Which index?", {
        "IVF-PQ, with nprobe raised until recall is back where the product needs it":
            "The codes set a limit that no nprobe lifts: you probe more cells and compare the same blurred vectors.",
        "HNSW: of all of them it has the best recall at a given latency":
            "Often it has, with raw vectors and links in memory. The brief said that memory is what is short: count the "
            "bytes first.",
        "IVF-PQ codes in memory, then an exact re-rank from disk; filters in the search":
            "Yes. Codes find the neighbourhood, raw vectors find the order, and a filter applied afterwards would "
            "leave empty slates. Then say how deletes and the nightly swap work.",
        "Exact search on GPUs, so that recall is not an issue":
            "It may be right with machines to spare. And it does not end the questions: exact search by a weak model "
            "is exactly as weak."},
         "IVF-PQ codes in memory, then an exact re-rank from disk; filters in the search"),
    Quiz("interview.feature_store", "What does a feature store give you that a cache and a nightly job do not?", {
        "One definition for training and serving, with values as of the time":
            "Yes. A store is a promise that the model meets at serving what it met in training. Everything else it "
            "does could be bought cheaper.",
        "Lower latency: it is built on an in-memory database":
            "So is the cache. Latency is a property of the reads you do a request, not of the word store.",
        "Fresh features: streaming makes them seconds old":
            "It can, and each costs. First measure what an hour, a day of age costs in accuracy, then buy freshness "
            "where it pays.",
        "It prevents leakage: nothing from the future can get into training":
            "It prevents one kind, if the join is as-of and arrival time is kept. A backfill, a label window or a "
            "feature that is written after the click leaks through any store."},
         "One definition for training and serving, with values as of the time"),
    Quiz("interview.gap", "NDCG went up by two percent offline; the A/B test shows nothing. What do you say?", {
        "The test was too short: with more users the gain will show":
            "It might. Say it only after you have computed which gain this test could have seen; otherwise it is hope.",
        "Offline metrics don't correlate with online ones, so I would not look at them":
            "Some do, for some questions, and how well can be measured, as in the lesson on metrics. Without any gate "
            "you test everything on people.",
        "I check power, then skew, then the log's bias, then whether NDCG fits the objective":
            "Yes. Power, then skew, then the bias of the log, then the objective: from the cheapest look to the "
            "deepest, and each can be decided by a number.",
        "Then the new model has overfitted the validation set; I would regularise it":
            "One explanation among several, and quickly checked on a later week. Naming the first that comes to mind is "
            "how a week is lost."},
         "I check power, then skew, then the log's bias, then whether NDCG fits the objective"),
    Quiz("interview.ab", "A marketplace tests a ranker by user, half and half. Treated buyers buy 4% more. Launch?", {
        "Yes, if p is below 0.05 and the split passes its check":
            "Both can be true and the gain still be taken from the control arm: what treated buyers bought was no "
            "longer in stock for the others.",
        "Not yet: the arms share stock, so I ask for a test by region, time or listing":
            "Yes. The comparison of arms is right only if one arm's treatment does not touch the other's outcome. "
            "Say also which way the error goes: the effect is overstated.",
        "No: randomise by request instead, that gives far more data":
            "More rows, not more independent ones: the same buyer is in both arms, and stock is still shared.",
        "Yes, but use CUPED first, so that the interval is tight enough":
            "CUPED takes out variance that was there before the test. Interference is bias; a tighter interval "
            "around it is no safer."},
         "Not yet: the arms share stock, so I ask for a test by region, time or listing"),
)
