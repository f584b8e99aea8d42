"""The kind of every known mistake of the lesson `serving`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    AXIS,
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    LEAK,
    OTHER,
    UNIT,
)

TABLE = {
    "serving.1": {
        IGNORED: "kept results alone | joined alone | for ever",
        OTHER: "errors are kept | results are never kept after an error",
        BASE: "one flight for all keys | no new leader | a chain of leaders",
        UNIT: "kept from the begin | keep without takes",
        LEAK: "failures foreseen",
        AXIS: "own time | the one before",
        BOUNDARY: "the end counts still | landed still runs",
    },
    "serving.2": {
        BASE: "failures in a row | no window | share of the window | refusals counted",
        IGNORED: "never again | no trial | no minimum | nothing forgotten | any trial closes",
        BOUNDARY: "above the share | later than reset_s | only when the window is full",
        OTHER: "clock not started anew | refusals start the clock",
        DIRECTION: "trials turned over | successes counted | refused calls named",
    },
}
