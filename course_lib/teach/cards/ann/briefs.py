"""Exercises and claims on ANN: four briefs, each asking for one index, with an answer to every choice."""

from course_lib.teach.definitions.quiz import Quiz

FLAT, HNSW, IVFPQ, DISK = "exact search", "HNSW in memory", "IVF-PQ in memory alone", "IVF-PQ, raw vectors on disk for re-rank"

QUIZZES = (
    Quiz("ann.brief_shop", "A shop: 60,000 products, 64 dimensions, stock changes every minute, 20 requests a second.", {
        FLAT: "Yes. It takes about a millisecond, is exact, and a product that sells out is one bit in a mask. There is nothing "
              "to tune, rebuild or explain.",
        HNSW: "It would be fast. But exact search is fast enough here, and every sold-out product becomes a dead node until a "
              "rebuild.",
        IVFPQ: "You would save some megabytes and lose recall. Nothing here is short of memory.",
        DISK: "Three moving parts for 15 MB of vectors. Start from what the budget forbids, and here it forbids nothing."},
        FLAT),
    Quiz("ann.brief_feed", "A feed: 8 million items, 64 dimensions, machines with 64 GB, p99 under 10 ms, recall above .95.", {
        FLAT: "At a million it took a good part of the budget; at eight million, eight times that. The tail has no room.",
        HNSW: "Yes. About 4d + 8M bytes each: a few gigabytes. A high recall for its latency where memory is there, at the "
              "price of slow builds and of deletes that are only marks.",
        IVFPQ: "The codes alone can't reach this recall: you measured where nprobe stops helping.",
        DISK: "It would do. But memory is not short, and reads from disk stand in the tail you promised to keep under 10 ms."},
        HNSW),
    Quiz("ann.brief_billion", "A web index: a billion vectors of 128 dimensions on one machine with 64 GB and fast SSDs.", {
        FLAT: "512 GB, and seconds a query.",
        HNSW: "4d + 8M is over 700 bytes a vector: hundreds of gigabytes. Spread over a dozen machines, yes; on one, no.",
        IVFPQ: "It fits: 24 bytes each. But recall stays where quantisation leaves it, however many cells you probe.",
        DISK: "Yes. Codes and ids in memory, the raw vectors of a few hundred candidates read from SSD. Graphs on SSD (DiskANN) "
              "are the other way to do it."},
        DISK),
    Quiz("ann.brief_phone", "Search in the photos on a phone: 2 million vectors of 64 dimensions, 50 MB to spend, an approximate "
         "answer will do.", {
             FLAT: "512 MB of vectors. The budget is a tenth of that.",
             HNSW: "More than exact search: the links come on top of the vectors.",
             IVFPQ: "Yes. 8 bytes of code and an id: some 32 MB. The brief allows for the recall that is lost.",
             DISK: "Re-ranking reads flash for every query and drains the battery for accuracy nobody asked for."},
         IVFPQ),
)
