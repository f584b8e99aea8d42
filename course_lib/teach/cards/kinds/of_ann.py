"""The kind of every known mistake of the lesson `ann`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    AXIS,
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    MEAN,
    OTHER,
    UNIT,
)

TABLE = {
    "ann.1": {
        AXIS: "place by place | place by place, true ones | all queries at once | all queries at once, padding too",
        BASE: (
            "precision | any hit | padding counts | padding is a hit, by what was found | "
            "share of what was found, padding too | precision, not guarded | F1 | divided by k | padding is a hit | "
            "padding in the sets | padding in the sets, over k | union | shorter list"
        ),
        MEAN: "one number | pooled",
        UNIT: "hits not divided",
        BOUNDARY: (
            "no guard against nothing | no guard against nothing, an error | item 0 dropped | nothing to find is 1"
        ),
        IGNORED: "the nearest only",
    },
    "ann.2": {
        IGNORED: (
            "no ids | refined without vectors | no upper floors | upper floors, 1/M | "
            "upper floors without their links | no bookkeeping | a graph without vectors | "
            "ids only with whole vectors | refined without an id | refined without codes"
        ),
        UNIT: (
            "M links | two-byte links | four-byte codes | links counted, not bytes, upstairs | "
            "links counted, not bytes | whole bytes | ids of 4 bytes | double precision | one byte a number | "
            "codes in bits"
        ),
        BASE: (
            "codes and vector | one whole upper floor | M − 1 links upstairs | an id for the graph | "
            "2M on the upper floors | bookkeeping everywhere | ids everywhere"
        ),
        DIRECTION: "M − 1 upper floors",
    },
    "ann.3": {
        DIRECTION: "largest product | farthest word | sign of the product",
        AXIS: (
            "every m-th dimension | one codebook for all | difference summed, then squared | slices that overlap | "
            "vectors mixed"
        ),
        UNIT: "absolute differences | cosine | product once | length not squared | distances | words | signed bytes",
        MEAN: "largest difference",
    },
    "ann.4": {
        OTHER: "query coded too",
        UNIT: "squared distance | negative squared distance | bytes that wrap | cosine",
        AXIS: (
            "one table for all | not added up | every m-th dimension | slices that overlap | "
            "every table for every code | order"
        ),
        MEAN: "mean of slices | best slice | product of slices",
        DIRECTION: "distance | absolute entries",
        IGNORED: "first slice only",
    },
    "ann.5": {
        AXIS: "positions | cut before sorting | sorted by id | order of the codes | partitioned, not sorted",
        DIRECTION: "worst first | best last | absolute scores",
        BASE: (
            "padding as the last vector | padding as the last vector, not padded | padding scores 0 | whole catalogue"
        ),
        BOUNDARY: "not padded | not padded beyond the shortlist | item 0 dropped | padded with 0",
        IGNORED: "not compared",
        UNIT: "distance | cosine | scores",
    },
    "ann.6": {
        BOUNDARY: (
            "better in both | equals beat each other | beaten by itself | recall must be better | "
            "cost must be lower | first of equals | sorted by cost alone"
        ),
        DIRECTION: "dear is good | the worst settings | the beaten",
        IGNORED: "better in one | only the one before | most recall",
        OTHER: "best bargain",
        AXIS: "places",
    },
    "ann.7": {
        AXIS: "cut, then filter | sorted by id | rows of unequal length | places",
        BOUNDARY: (
            "holes | filled with repeats | filled with 0 | filled with the blocked | blocked ids left behind | "
            "short rows emptied | item 0 dropped"
        ),
        IGNORED: "blocked kept | not cut",
        BASE: "filled from the catalogue | −1 as the last item | −1 takes a slot",
        DIRECTION: "last k | worst first",
    },
    "ann.8": {
        IGNORED: "greedy | one step | nearest alone | row cut at the first −1",
        BASE: (
            "everything that can be reached | all vectors compared | −1 as the last vector | entry left out | "
            "−1 as the last vector, on a heap | met again | met again until followed"
        ),
        OTHER: "beam replaced | the whole beam at once",
        BOUNDARY: "not cut | ef links followed | padded | node 0 dropped",
        DIRECTION: "farthest first | farthest node next | farthest kept",
        AXIS: "in the order met | sorted by number",
        UNIT: "dot product | absolute differences | distances",
    },
}
