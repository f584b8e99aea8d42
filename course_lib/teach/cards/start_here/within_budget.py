"""Decision 0.2: how many candidates to hand on within fifty milliseconds."""

from course_lib.serving.width import SERVICE, day_with
from course_lib.teach.definitions.choice import Number
from course_lib.teach.definitions.decision import Decision

SEEDS = (101, 102, 103, 104, 105)
LATE, LEFT_OUT = 0.08, 0.62                     # beyond these a sentence says which of the two cost something


def loved_films(n, seed) -> float:
    """Loved films among the ten shown, mean over the requests of one day."""
    return day_with(n, seed).worth


def what_spoke(n) -> str:
    """How many requests were late and how many loved films were no candidates, and which of the two cost more."""
    days = [day_with(n, seed) for seed in SEEDS]
    late, left_out = (sum(getattr(day, name) for day in days) / len(days) for name in ("late", "left_out"))
    seen = (f"{late:.1%} of the requests were answered too late and got the popular list, and {left_out:.0%} of the "
            f"loved films were not among the candidates.")
    if late > LATE:
        return (f"{seen} The quiet machine's {SERVICE.fixed_ms + SERVICE.each_ms * n:.0f} ms say little: the budget "
                "is about the slow requests, so hand on fewer.")
    if left_out > LEFT_OUT:
        return f"{seen} The ranker can order only what it is given, and there was time for more."
    return f"{seen} More candidates would trade one for the other."


WIDTH = Decision(
    id="start_here.2", title="How many candidates within fifty milliseconds?", minutes=6, difficulty=2,
    used_in=("this lesson", "{{ann}}"),
    task="A service with 4,000 films answers with ten; a person would love 40 of the 4,000. The first stage is cheap and rough: its score "
         "has a correlation of 0.5 with what the person likes. The ranker's is 0.85, but on a quiet machine a request takes 12 ms and 0.05 "
         "ms more for every candidate. One request in twenty takes 1.8 times as long or longer, one in a hundred 2.3 times. What takes more "
         "than 50 ms is answered by the list of popular films, of which two are loved. (A model's numbers, not measured ones.) How many "
         "candidates do you hand on?",
    choice=Number(SERVICE.slots, SERVICE.films, "candidates", whole=True),
    policies={"twice the slate": 20, "five times the slate": 50, "99 of 100 requests in time": 195,
              "95 of 100 requests in time": 315, "all the time of a quiet machine": 760, "every film": 4_000},
    play=loved_films, unit="loved films among the ten shown", against=what_spoke,
    why="More candidates leave out fewer loved films, with less and less to gain, and at some number the time of a slow request is up. "
        "A mean time hides that: on a quiet machine 760 candidates take just 50 ms, so half of all requests are late. On a machine that "
        "is always quiet all 760 would be right; with times that vary as they do here, less than half of that. The width of a funnel is "
        "therefore a decision about the slow requests, and it is made anew whenever a model or a machine changes.",
    seeds=SEEDS, until_chosen="99 of 100 requests in time", spec=".2f")
