"""Exercises and claims on the interview: five questions of a platform interview. Every wrong choice is half true, and
what is said of it completes it."""

from course_lib.teach.definitions.quiz import Quiz

TOWERS = "Item vectors are computed and indexed ahead; the price is that no feature sees person and item at once"
INDEX = "IVF-PQ codes in memory, a second look at real vectors of the best, filters inside the search"
STORE = "The same value in training and serving, since one definition makes both"
GAP = "I ask what gain the test could see, then look at split, logs and skew, and last at the log's bias and NDCG itself"
TEST = "Not yet: the arms share stock, so I ask for a test by region or time, and expect a smaller gain"

QUIZZES = (
    Quiz("interview.two_tower", "Why two towers for retrieval, and what do they cost you?", {
        "Depth finds matches that other models miss; the price is that training takes longer and needs more data":
            "Half true: depth lets features, history and time enter. But person and item meet in one dot product, so a "
            "ranker that sees both at once is more accurate. The towers are chosen because that product can be searched: "
            "64 to 256 dimensions, 10 to 30 ms at p99 for millions of items.",
        TOWERS:
            "The split is what makes them servable, and what it costs belongs in the same sentence. The ranker gets the "
            "crossed features back, for a few hundred items.",
        "A content tower gives every new item a place; the price is that text and pictures have to be read":
            "Half true: content gives a new item a vector. It has to be an input, and training has to drop the id at times, "
            "or the tower leans on the id. A good vector brings no showings yet: that takes slots that explore.",
        "They can be served from an index, as matrix factorisation cannot; the price is an approximate search":
            "Half true: they can. So can its factors, which meet in a dot product too. Hold the towers against a tuned ALS "
            "or EASE before you say what they add."},
         TOWERS),
    Quiz("interview.ann", "Forty million items, 30 ms at p99 for retrieval, little memory. Which index?", {
        "IVF-PQ codes in memory, nprobe raised until recall is where it should be, filters after the search":
            "Half true: nprobe finds what lies in cells that were not searched. It does not bring back what the codes blur. "
            "Search all cells once, offline: what is missing then is the codes' part. And filters that come afterwards "
            "leave too few where few items pass.",
        "HNSW over full vectors, which has the best recall at a given latency, filters during the walk":
            "Half true: in memory it often has. But it keeps vectors and links: 4d + 8M bytes an item, with d = 128 and "
            "M = 32 some 770 bytes, 31 GB here, and twice that during a swap. The brief said that memory is short.",
        INDEX:
            "A code of 16 bytes and an id of 8 make about one GB here; the real vectors may lie on SSD. Below some hundred "
            "thousand items compare with all; to some tens of millions HNSW, if its bytes fit; beyond, codes, or graphs "
            "on disk. ScaNN's codes keep the error small along the vector, where it changes scores most.",
        "Exact search on GPUs over all the vectors, so that recall is no issue, filters as a mask":
            "Half true: a GPU reads 20 GB in some ten milliseconds, and misses no neighbour. But 20 GB is what forty million "
            "vectors take at d = 128, and recall of what people wanted is an issue still: exact search by a weak model "
            "is exactly as weak."},
         INDEX),
    Quiz("interview.feature_store", "What does a feature store give you that a cache and a nightly job do not?", {
        STORE:
            "Five parts belong in the answer: a registry of definitions; an offline store (Parquet or a warehouse) "
            "joined as of the request; an online store (Redis, Valkey, DynamoDB) read in one call; streams for what has to "
            "be fresh (Flink, Kafka Streams); and monitors of age, skew and defaults. Feast, Tecton and Hopsworks differ in "
            "which of them they bring.",
        "Lower latency, since a database in memory answers all of the reads at once":
            "Half true: the online part is. So is the cache. Latency comes from how many reads a request makes, so the "
            "point is one read for all candidates.",
        "Fresher features, since streams bring them up to date in seconds":
            "Half true: it can stream. First measure what an hour and a day of age cost in accuracy, and pay for "
            "freshness where that is more than the stream costs.",
        "No leakage, since no value from the future can get into any training row":
            "Half true: a join as of the request prevents one kind, if the time of arrival is kept beside that of the event. "
            "But a backfill, a label's window or a value written after the click leaks through any store."},
         STORE),
    Quiz("interview.gap", "NDCG rose by two percent offline; the A/B test shows nothing. What do you say?", {
        "I let the test run on, since two percent of NDCG must show, and then look for the segments in which it did":
            "Half true: it may have been too short. Compute which gain it could have seen; until then that is hope. And of "
            "twenty segments one is significant by chance.",
        "I give up NDCG, since offline metrics do not correlate with online ones, and from now on test all of it on people":
            "Half true: some do not, for some questions. But others do: how well can be measured over past launches, and "
            "without any gate people have to bear every bad idea.",
        GAP:
            "From the cheapest look to the deepest. Six parts make the gap: power; a broken split or log; features that "
            "differ at serving; a log that holds what the old ranker chose; items that are new or shift; and an NDCG that "
            "pays for clicks where people wanted something else.",
        "I regularise the model, since it has overfitted the validation part, and then repeat the offline and online tests":
            "Half true: choosing among forty models on one part does overfit it. A later week tells in minutes. Naming the "
            "first cause that comes to mind is how a week is lost."},
         GAP),
    Quiz("interview.ab", "A marketplace tests a ranker by buyer, half and half. Treated buyers buy 4% more. Launch?", {
        "Yes, if the interval excludes zero and the split passes its check: half and half is a sound design":
            "Half true: both are needed. Both can hold while the gain is taken from the control arm: what treated buyers "
            "bought was no longer there for the others.",
        TEST:
            "The effect is overstated. Six parts belong in a plan: one primary metric; guardrails with margins; the "
            "unit, chosen by interference; size and length beforehand; a rule for stopping; and a holdback with a date "
            "for returns and novelty.",
        "Not yet: half of the buyers are too few, so I ask for a test by request, and expect a tighter interval":
            "Half true: it gives more rows, and no more independent ones. The same buyer is in both arms, and stock is "
            "shared still.",
        "Yes, once CUPED has made the interval tight enough to tell four percent from chance at this size":
            "Half true: CUPED takes out variance that was there before the test. Interference is bias, and a tighter "
            "interval around a biased number is no safer."},
         TEST),
)
