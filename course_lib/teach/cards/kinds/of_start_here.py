"""The kind of every known mistake of the lesson `start_here`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    BOUNDARY,
)

TABLE = {
    "start_here.1": {
        BOUNDARY: (
            "the last stage without it | the last stage with it | the first stage with it | shown items "
            "blamed on the last stage"
        ),
    },
}
