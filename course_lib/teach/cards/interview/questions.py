"""Exercises and claims on the interview: five questions of a platform interview. Every wrong choice is half true, and
what is said of it completes it."""

from course_lib.teach.definitions.quiz import Quiz

TOWERS = "Item vectors are computed ahead and indexed; the price is that no feature may join person and item"
INDEX = "IVF-PQ codes in memory, a second look at real vectors of the best few hundred, filters inside the search"
STORE = "One definition for training and serving, with values joined as of the request"
GAP = "I check power, then the split and the logging, then skew, then the log's bias, then whether NDCG fits the objective"
TEST = "Not yet: the arms share stock, so I ask for a test by region or by time, and say which way the error goes"

QUIZZES = (
    Quiz("interview.two_tower", "Why two towers for retrieval, and what do they cost you?", {
        "They match people with items better than other models, since they are deep":
            "Half true: depth lets features, history and time enter. But person and item meet in one dot product, so a "
            "ranker that sees both at once is more accurate. The towers are chosen because that product can be searched: "
            "64 to 256 dimensions, and 10 to 30 ms at p99 for millions of items.",
        TOWERS:
            "Yes. The split is what makes them servable, and what it costs belongs into the same sentence. The ranker gets "
            "the crossed features back, for a few hundred items.",
        "They solve cold start, since the item tower reads content":
            "Half true: content gives a new item a vector. It has to be an input, and training has to drop the id at times, "
            "or the tower leans on the id. A good vector brings no showings yet: that takes slots that explore.",
        "They can be served from an index, which matrix factorisation cannot":
            "Half true: they can. So can factors, since those meet in a dot product too. Hold the towers against a tuned ALS "
            "or EASE before you say what they add."},
         TOWERS),
    Quiz("interview.ann", "Forty million items, 30 ms at p99 for retrieval, little memory. Which index?", {
        "IVF-PQ, with nprobe raised until recall is where the product needs it":
            "Half true: nprobe finds what lies in cells that were not searched. It does not bring back what the codes blur. "
            "Search all cells once, offline: what is missing then is the codes' part.",
        "HNSW, since it has the best recall at a given latency":
            "Half true: in memory it often has. It keeps vectors and links: 4d + 8M bytes an item, with d = 128 and M = 32 "
            "some 770 bytes, 31 GB here, and twice that during a swap. The brief said that memory is short.",
        INDEX:
            "Yes. A code of 16 bytes and an id of 8 make about one GB here. Below some hundred thousand items compare with "
            "all; to ten million HNSW; beyond, codes, or graphs on disk. ScaNN's codes keep the error small along the query, "
            "where it matters for the order.",
        "Exact search on GPUs, so that recall is no issue":
            "Half true: a GPU reads a few GB in milliseconds, and the index is exact. Recall of what people wanted is an "
            "issue still, since exact search by a weak model is exactly as weak."},
         INDEX),
    Quiz("interview.feature_store", "What does a feature store give you that a cache and a nightly job do not?", {
        STORE:
            "Yes. Five parts belong into the answer: a registry of definitions; an offline store (Parquet or a warehouse) "
            "joined as of the request; an online store (Redis, Valkey, DynamoDB) read in one call; streams for what has to "
            "be fresh (Flink, Kafka Streams); and monitors of age, skew and defaults. Feast, Tecton and Hopsworks differ in "
            "which of them they bring.",
        "Lower latency, since it is built on a database in memory":
            "Half true: the online part is. So is the cache. Latency comes from how many reads a request makes, so the "
            "point is one read for all candidates.",
        "Fresh features, since streams make them seconds old":
            "Half true: it can stream. First measure what an hour and a day of age cost in accuracy, and pay for "
            "freshness where that is more than the stream costs.",
        "It prevents leakage, since nothing of the future gets into training":
            "Half true: a join as of the request prevents one kind, if the time of arrival is kept beside that of the event. "
            "A backfill, a label's window or a value written after the click leaks through any store."},
         STORE),
    Quiz("interview.gap", "NDCG rose by two percent offline; the A/B test shows nothing. What do you say?", {
        "The test was too short: with more people the gain would show":
            "Half true: it might. Say it after you have computed which gain this test could have seen; until then it is hope.",
        "Offline metrics do not correlate with online ones, so I would not look at them":
            "Half true: some do not, for some questions. How well one does can be measured over past launches, and without "
            "any gate you test everything on people.",
        GAP:
            "Yes, from the cheapest look to the deepest. Six parts make the gap: power; a broken split or log; features that "
            "differ at serving; a log that holds what the old ranker chose; items that are new or shift; and an NDCG that "
            "pays for clicks where people wanted something else.",
        "The model has overfitted the validation part, so I would regularise it":
            "Half true: choosing among forty models on one part does overfit it. A later week tells in minutes. Naming the "
            "first cause that comes to mind is how a week is lost."},
         GAP),
    Quiz("interview.ab", "A marketplace tests a ranker by buyer, half and half. Treated buyers buy 4% more. Launch?", {
        "Yes, if the interval excludes zero and the split passes its check":
            "Half true: both are needed. Both can hold while the gain is taken from the control arm: what treated buyers "
            "bought was no longer there for the others.",
        TEST:
            "Yes: the effect is overstated. Six parts belong into a plan: one primary metric; guardrails with margins; the "
            "unit, chosen by interference; size and length beforehand; a rule for stopping; and a holdback with a date "
            "for returns and novelty.",
        "No: randomise by request, which gives far more data":
            "Half true: it gives more rows, and no more independent ones. The same buyer is in both arms, and stock is "
            "shared still.",
        "Yes, with CUPED first, so that the interval is tight enough":
            "Half true: CUPED takes out variance that was there before the test. Interference is bias, and a tighter "
            "interval around a biased number is no safer."},
         TEST),
)
