"""Wrong bytes of a vector, in any two: what is left out, or counted too large, of two parts of an index."""

from itertools import combinations

from course_lib.stages.ann.size import bytes_per_vector
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import IGNORED

# Each: the part, what is wrong with it, and how many bytes that makes.
PARTS = (
    ("id", "the ids of IVF are missing", lambda kind, d, M, m: -8 * ("ivf" in kind)),
    ("id", "ids take 4 bytes, but it should be 8", lambda kind, d, M, m: -4 * ("ivf" in kind)),
    ("id", "every kind has an id, and only IVF does", lambda kind, d, M, m: 8 * ("ivf" not in kind)),
    ("id", "the graph has an id, and it has none", lambda kind, d, M, m: 8 * (kind == "hnsw")),
    ("ground", "the ground floor has M links, but it should be 2M", lambda kind, d, M, m: -4 * M * (kind == "hnsw")),
    ("upper", "the upper floors are missing", lambda kind, d, M, m: -4 * M / (M - 1) * (kind == "hnsw")),
    ("upper", "every vector has a whole upper floor, but it should be 1/(M − 1) of them", lambda kind, d, M, m: (4 * M - 4 * M / (M - 1)) * (kind == "hnsw")),
    ("upper", "it is 1/M upper floors, but it should be 1/(M − 1)", lambda kind, d, M, m: (4 - 4 * M / (M - 1)) * (kind == "hnsw")),
    ("book", "the 12 bytes of bookkeeping are missing", lambda kind, d, M, m: -12 * (kind == "hnsw")),
    ("book", "every kind has bookkeeping, and only the graph does", lambda kind, d, M, m: 12 * (kind != "hnsw")),
    ("graph", "the graph lacks its vectors", lambda kind, d, M, m: -4 * d * (kind == "hnsw")),
    ("refine", "the refined kind lacks the vector", lambda kind, d, M, m: -4 * d * (kind == "ivf_pq_refine")),
    ("refine", "the refined kind lacks the code", lambda kind, d, M, m: -m * (kind == "ivf_pq_refine")),
    ("code", "ivf_pq keeps the vector beside its code", lambda kind, d, M, m: 4 * d * (kind == "ivf_pq")),
    ("code", "a code takes 4 bytes a slice, but it should be one", lambda kind, d, M, m: 3 * m * ("pq" in kind)),
)


def _counted(change, also):
    def wrong(kind, d, M=32, m=16):
        return bytes_per_vector(kind, d, M, m) + change(kind, d, M, m) + also(kind, d, M, m)
    return wrong


# Pairs whose bytes are those of one slip of another kind.
SAME = ("the graph has an id, and it has none + the 12 bytes of bookkeeping are missing",
        "the ground floor has M links, but it should be 2M + every vector has a whole upper floor, but it should be 1/(M − 1) of them")
PAIRS = tuple(Mistake(f"{says} + {more}", _counted(change, also), f"Two things: {says}; and {more}.", IGNORED)
              for (part, says, change), (other, more, also) in combinations(PARTS, 2)
              if part != other and f"{says} + {more}" not in SAME)
