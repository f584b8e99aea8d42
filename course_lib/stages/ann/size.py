"""What an index is made of: its kinds, its parameters held to sense, and its size before it is built.

A kind is a faiss factory string with holes: "opq_ivf_pq" with nlist=1024, m=16 is "OPQ16,IVF1024,PQ16". Nothing here
imports faiss, so a size can be worked out where nothing is installed.
"""

from __future__ import annotations

import math

from course_lib.contracts import ArgumentError, as_count

# kind -> (factory string, the parameters it takes at build time, the parameters it takes at search time)
KINDS = {
    "flat": ("Flat", (), ()),
    "hnsw": ("HNSW{M},Flat", ("M", "ef_construction"), ("ef_search",)),
    "ivf_flat": ("IVF{nlist},Flat", ("nlist", "train_size"), ("nprobe",)),
    "ivf_pq": ("IVF{nlist},PQ{m}", ("nlist", "m", "train_size"), ("nprobe",)),
    "opq_ivf_pq": ("OPQ{m},IVF{nlist},PQ{m}", ("nlist", "m", "train_size"), ("nprobe",)),
    "ivf_pq_refine": ("IVF{nlist},PQ{m},RFlat", ("nlist", "m", "train_size"), ("nprobe", "k_factor")),
    "opq_ivf_pq_refine": ("OPQ{m},IVF{nlist},PQ{m},RFlat", ("nlist", "m", "train_size"), ("nprobe", "k_factor")),
}
METRICS = ("ip", "l2", "cosine")
POINTS_PER_CELL = 30  # fewer training points a cell than this and k-means fits noise (faiss wiki: 30 to 256)
CODES = 256  # one-byte codes: 256 words in each codebook


def default_nlist(n: int) -> int:
    """Cells for n vectors: 4·√n, never so many that a cell has under 30 training points. 1,000,000 → 4000."""
    return max(1, min(round(4 * math.sqrt(n)), n // POINTS_PER_CELL))


def default_m(d: int) -> int:
    """Bytes of a PQ code: the largest divisor of d that is at most d / 4. 64 → 16."""
    return max(m for m in range(1, max(1, d // 4) + 1) if d % m == 0)


def resolve(kind: str, n: int, d: int, params: dict) -> dict:
    """All parameters of an index of n vectors of width d: those given, checked, and defaults for the rest.

    kind: a key of KINDS. n, d: int. params: any of M, ef_construction, ef_search, nlist, nprobe, m, train_size,
    k_factor, as far as the kind takes them. Returns a dict with all the kind takes; {} for "flat".
    Raises ArgumentError for an unknown kind or parameter, or a value outside its bounds.
    """
    if kind not in KINDS:
        raise ArgumentError(f"index kind is {kind!r}; expected one of {', '.join(KINDS)}.")
    if n < 1 or d < 1:
        raise ArgumentError(f"an index of n = {n} vectors of width d = {d} makes no sense; both must be at least 1.")
    takes = KINDS[kind][1] + KINDS[kind][2]
    unknown = sorted(set(params) - set(takes))
    if unknown:
        raise ArgumentError(f"{kind} takes {', '.join(takes) or 'no parameters'}; got {', '.join(unknown)}.")
    nlist = params.get("nlist", default_nlist(n))
    default = {"M": 32, "ef_construction": 40, "ef_search": 64, "nlist": nlist, "nprobe": max(1, min(16, nlist)),
               "m": default_m(d), "train_size": max(nlist * 64, 40 * CODES), "k_factor": 10}
    full = {name: params.get(name, default[name]) for name in takes}
    full = {name: as_count(f"{kind}: {name}", value, low=-(2**62)) for name, value in full.items()}
    check_bounds(kind, n, d, full)
    return full


def check_bounds(kind: str, n: int, d: int, full: dict) -> None:
    """Raise ArgumentError for the first parameter outside its bounds, with the bounds and their reason."""
    bounds = {"M": (4, 64, "more links cost 8 bytes each and stop paying"),
              "ef_construction": (8, 2_000, "the beam while building"),
              "ef_search": (1, 100_000, "the beam while searching"),
              "nlist": (1, n, "no more cells than vectors"),
              "nprobe": (1, full.get("nlist", 1), "no more cells probed than there are"),
              "m": (1, d, "at most one code a dimension"), "train_size": (1, 2**31, "a number of training vectors"),
              "k_factor": (1, 1_000, "candidates re-ranked for each result")}
    for name, value in full.items():
        low, high, why = bounds[name]
        if not low <= value <= high:
            raise ArgumentError(f"{kind}: {name} is {value}; expected {low} to {high} ({why}).")
    if "m" in full and d % full["m"]:
        raise ArgumentError(f"{kind}: m is {full['m']}, which does not divide d = {d}. Each code describes d / m "
                            f"dimensions; try m = {default_m(d)}.")


def check_training(kind: str, available: int, full: dict) -> None:
    """Raise ArgumentError where `available` training vectors are too few for the cells or the codebooks."""
    if "nlist" in full and available < POINTS_PER_CELL * full["nlist"]:
        raise ArgumentError(f"{kind}: {available} training vectors for nlist = {full['nlist']} cells; expected at "
                            f"least {POINTS_PER_CELL} a cell, {POINTS_PER_CELL * full['nlist']}. Use fewer cells "
                            f"(nlist ≤ {max(1, available // POINTS_PER_CELL)}) or a larger train_size.")
    if "m" in full and available < CODES:
        raise ArgumentError(f"{kind}: {available} training vectors for codebooks of {CODES} words; expected at least "
                            f"{CODES}. Below that keep the vectors themselves: kind 'flat'.")


def factory(kind: str, full: dict) -> str:
    """The faiss factory string: factory("ivf_pq", {"nlist": 1024, "m": 8}) → "IVF1024,PQ8"."""
    return KINDS[kind][0].format(**full)


def bytes_per_vector(kind: str, d: int, M: int = 32, m: int = 16) -> float:
    """Bytes that one more vector adds to an index.

    kind: a key of KINDS. d: width. M: links of an HNSW node. m: one-byte codes of a PQ code. Returns bytes:
    bytes_per_vector("ivf_pq", 128, m=16) → 24.0; "hnsw" with d=128, M=32 → 784.1.

    The vector itself takes 4d. HNSW: 2M links of 4 bytes on the ground floor, M on each upper floor, of which there
    are 1/(M − 1) a vector, a level (4) and an offset (8). IVF: an id of 8. PQ: m in place of 4d. Refinement: the
    vector itself again.

    Source: faiss, IndexHNSW and IndexIVFPQ; https://github.com/facebookresearch/faiss/wiki/Faiss-indexes.
    """
    if kind not in KINDS:
        raise ArgumentError(f"index kind is {kind!r}; expected one of {', '.join(KINDS)}.")
    size = float(m if "pq" in kind else 4 * d)
    if kind == "hnsw":
        size += 8 * M + 4 * M / (M - 1) + 12
    if "ivf" in kind:
        size += 8
    return size + 4 * d if kind.endswith("refine") else size


def predicted_bytes(kind: str, n: int, d: int, **params) -> int:
    """Bytes of an index before it is built: `bytes_per_vector` n times, and what is paid once.

    kind, n, d, params: as for `build_index`. Returns bytes: "flat" of 1,000,000 × 64 → 256,000,000.
    Once: nlist centroids of 4d and the ends of their lists (8); 256 words for every dimension (PQ); a d × d rotation
    (OPQ). Raises ArgumentError as `resolve`.
    """
    full = resolve(kind, n, d, params)
    once = full.get("nlist", 0) * (4 * d + 8)
    if "m" in full:
        once += 4 * CODES * d
    if kind.startswith("opq"):
        once += 4 * d * d
    each = bytes_per_vector(kind, d, **{name: full[name] for name in ("M", "m") if name in full})
    return round(n * each + once)
