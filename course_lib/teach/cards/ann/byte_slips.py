"""Wrong bytes of a vector, in any two: what is left out, or counted too large, of two parts of an index."""

from course_lib.stages.ann.size import bytes_per_vector
from course_lib.teach.cards.two_slips import in_one, mistakes_of, slips
from course_lib.teach.definitions.mistake_kinds import IGNORED


def _counted(**parts):
    def wrong(kind, d, M=32, m=16):
        size = bytes_per_vector(kind, d, M, m)
        for change in parts.values():
            size += change(kind, d, M, m)
        return size
    return wrong


# By the part of an index: what is wrong with it, and how many bytes that makes.
STEPS = {
    "id": slips(
        IGNORED,
        ("the ids of IVF are missing", lambda kind, d, M, m: -8 * ("ivf" in kind)),
        ("ids take 4 bytes, but it should be 8", lambda kind, d, M, m: -4 * ("ivf" in kind)),
        ("every kind has an id, and only IVF does", lambda kind, d, M, m: 8 * ("ivf" not in kind)),
        ("the graph has an id, and it has none", lambda kind, d, M, m: 8 * (kind == "hnsw")),
        alone=(),
    ),
    "ground": slips(IGNORED, ("the ground floor has M links, but it should be 2M", lambda kind, d, M, m: -4 * M * (kind == "hnsw")), alone=()),
    "upper": slips(
        IGNORED,
        ("the upper floors are missing", lambda kind, d, M, m: -4 * M / (M - 1) * (kind == "hnsw")),
        ("every vector has a whole upper floor, but it should be 1/(M − 1) of them", lambda kind, d, M, m: (4 * M - 4 * M / (M - 1)) * (kind == "hnsw")),
        ("it is 1/M upper floors, but it should be 1/(M − 1)", lambda kind, d, M, m: (4 - 4 * M / (M - 1)) * (kind == "hnsw")),
        alone=(),
    ),
    "book": slips(
        IGNORED,
        ("the 12 bytes of bookkeeping are missing", lambda kind, d, M, m: -12 * (kind == "hnsw")),
        ("every kind has bookkeeping, and only the graph does", lambda kind, d, M, m: 12 * (kind != "hnsw")),
        alone=(),
    ),
    "graph": slips(IGNORED, ("the graph lacks its vectors", lambda kind, d, M, m: -4 * d * (kind == "hnsw")), alone=()),
    "refine": slips(
        IGNORED,
        ("the refined kind lacks the vector", lambda kind, d, M, m: -4 * d * (kind == "ivf_pq_refine")),
        ("the refined kind lacks the code", lambda kind, d, M, m: -m * (kind == "ivf_pq_refine")),
        alone=(),
    ),
    "code": slips(
        IGNORED,
        ("ivf_pq keeps the vector beside its code", lambda kind, d, M, m: 4 * d * (kind == "ivf_pq")),
        ("a code takes 4 bytes a slice, but it should be one", lambda kind, d, M, m: 3 * m * ("pq" in kind)),
        alone=(),
    ),
}
# Pairs whose bytes are those of one slip of another kind.
WITHOUT = ("the graph has an id, and it has none + the 12 bytes of bookkeeping are missing",
           "the ground floor has M links, but it should be 2M + every vector has a whole upper floor, but it should be 1/(M − 1) of them")
MISTAKES = tuple(mistakes_of(_counted, STEPS, WITHOUT, told=in_one()))
