"""Effects on serving: what is computed after a restart, what people wait for a part that is dead."""

from __future__ import annotations

from course_lib.teach.cards.effects import over


def computed_at_a_restart(fn):
    """Computations in the second after a cold restart, for fifty keys (lower is better, 50 at best)."""
    from course_lib.serving.loadgen.stampede import cold_restart

    return over([cold_restart(seed, fn, per_second=200, seconds=1.5)["computed"] for seed in range(5)])


def waited_for_the_dead(fn):
    """Milliseconds a request waits for a part while it is dead; each try costs 40 (lower is better)."""
    from course_lib.serving.loadgen.guarded_calls import dead_part

    return over([dead_part(seed, fn)["waited_ms"] for seed in range(10)])
