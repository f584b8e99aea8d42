"""The map of the whole system: the way of a request, the way of the data, and which lesson builds what."""

from __future__ import annotations

from course_lib.teach import lessons
from course_lib.teach.show import plots
from course_lib.teach.show.journey import Picture

ONLINE = (("request", "who, when", "serving"), ("retrieve", "two towers\nand an index", "two_tower negatives ann"),
          ("filter", "seen, unsafe,\nsold out", "reranker"), ("rank", "a few hundred,\nlikeliest first", "ranker"),
          ("re-rank", "the slate\nas a whole", "reranker"), ("slate", "ten items", ""))
OFFLINE = (("log", "what was shown,\nwhat happened", "feedback"),
           ("features", "as they were\nat the time", "feature_audit"),
           ("training", "towers, trees,\nindex", "two_tower negatives ann ranker"),
           ("metrics", "which numbers\nto trust", "metric_stack"),
           ("experiment", "two groups,\nguardrails", "experiments"), ("launch", "1–5–25–50–100%,\nday 7", "launch"))


def draw() -> Picture:
    """Two rows of boxes: a request's 50 ms above, the days of learning below; the objective over both."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(9.6, 4.5), layout="none")
    ax = drawn.add_axes([0, 0, 1, 1])
    ax.set(xlim=(0, 6), ylim=(0, 4.5))
    ax.axis("off")
    _box(ax, 0.12, 3.66, 5.76, 0.62, "#F2F2F2")
    ax.text(3.0, 4.05, "objective: which decision, for whom, at what cost", ha="center", va="center", size=12,
            weight="bold")
    ax.text(3.0, 3.8, f"lesson {lessons.number('objective')}", ha="center", va="center", size=9.5, color="#444444")
    _row(ax, ONLINE, 2.12, "every request, within 50 ms", plots.BLUE, 3.32)
    _row(ax, OFFLINE, 0.52, "every day, from the log", plots.GREEN, 0.3)
    grey = {"arrowstyle": "-|>", "color": "#666666", "lw": 1.3}
    ax.plot([5.3, 5.3, 0.5, 0.5], [2.1, 1.84, 1.84, 1.7], color="#666666", lw=1.3)
    ax.annotate("", (0.5, 1.54), (0.5, 1.8), arrowprops=grey)
    ax.annotate("", (5.72, 2.1), (5.72, 1.54), arrowprops=grey)
    ax.text(2.9, 1.84, "every showing, click and silence is written down", size=9.5, ha="center", va="center",
            color="#444444", backgroundcolor="w")
    ax.text(5.64, 1.68, "what wins goes live", size=9.5, ha="right", va="center", color="#444444")
    return Picture(drawn, "The map of the system: the way of a request above, the way of the data below")


def _row(ax, boxes, y, label, paint, label_y) -> None:
    ax.text(0.12, label_y, label, size=10.5, color=paint, weight="bold", va="center")
    for place, (name, does, taught) in enumerate(boxes):
        _box(ax, place + 0.08, y, 0.84, 1.0, "white", paint)
        ax.text(place + 0.5, y + 0.8, name, ha="center", va="center", size=11, weight="bold")
        ax.text(place + 0.5, y + 0.5, does, ha="center", va="center", size=8.8, color="#333333")
        if taught:
            numbers = " ".join(lessons.number(lesson) for lesson in taught.split() if lesson in lessons.numbers())
            ax.text(place + 0.5, y + 0.15, numbers, ha="center", va="center", size=10, color=paint, weight="bold")
        if place + 1 < len(boxes):
            ax.annotate("", (place + 1.07, y + 0.5), (place + 0.93, y + 0.5),
                        arrowprops={"arrowstyle": "-|>", "color": paint, "lw": 1.5})


def _box(ax, x, y, wide, high, face, edge="#CCCCCC") -> None:
    from matplotlib.patches import FancyBboxPatch

    ax.add_patch(FancyBboxPatch((x, y), wide, high, boxstyle="round,pad=0,rounding_size=0.06", facecolor=face,
                                edgecolor=edge, lw=1.3))
