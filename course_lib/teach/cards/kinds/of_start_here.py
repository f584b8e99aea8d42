"""The kind of every known mistake of the lesson `start_here`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    AXIS,
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    OTHER,
)

TABLE = {
    "start_here.1": {
        BOUNDARY: (
            "the last stage without it | the last stage with it | the last stage with it, shown if none | "
            "the last stage with it, None if none | the last stage with it, retrieve if none | how far it came | how far it came, None if nowhere | "
            "the first stage with it | the first stage with it, unless shown | no answer for shown items | "
            "a loss needs a stage before | a loss needs a stage before, else the first | "
            "how far it came, the first if nowhere | shown items blamed on the last stage"
        ),
        IGNORED: "only the first stage asked | only the best of each stage",
        AXIS: "number, not name | kept or not, stage by stage | every stage without it",
        OTHER: "the items, not the name",
    },
    "start_here.5": {
        BASE: (
            "what is gained | the slots a second time | of those that reach them, error where none does | "
            "of those that reach them, missing where none does"
        ),
        DIRECTION: "what is still lost",
        BOUNDARY: "cut, then counted",
        AXIS: "film by film",
    },
}
