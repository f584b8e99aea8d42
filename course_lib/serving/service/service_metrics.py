"""What the service counts and times, in Prometheus's words, and the alert on who answers."""

from __future__ import annotations

from collections import Counter as Tally
from collections import deque

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values

# Feast sets PROMETHEUS_MULTIPROC_DIR when it is imported; then all services of a process would count into one another.
values.ValueClass = values.MutexValue

RUNGS = ("full", "cached", "segment", "static", "nothing", "refused")
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.25, 0.5, 1.0)
SIZES = (1, 2, 4, 8, 16, 32, 64)


class ServiceMetrics:
    """window: requests by which the alert is judged. least_full: the share of them that the full chain has to answer;
    fewer sets the alert, once `enough` were seen."""

    def __init__(self, window: int = 1000, least_full: float = 0.95, enough: int = 100):
        self.registry = CollectorRegistry()
        named = {"registry": self.registry}
        self.requests = Counter("course_requests", "Requests by HTTP status", ["status"], **named)
        self.rungs = Counter("course_rungs", "Answers by the rung that gave them", ["rung"], **named)
        self.seconds = Histogram("course_request_seconds", "From arrival to answer", buckets=SECONDS, **named)
        self.stage_seconds = Histogram("course_stage_seconds", "Each stage of a batch", ["stage"], buckets=SECONDS,
                                       **named)
        self.batch_size = Histogram("course_batch_size", "Requests in a batch", buckets=SIZES, **named)
        self.second_tries = Counter("course_second_tries", "Second calls to the store", ["kind"], **named)
        self.incidents = Counter("course_incidents", "What went wrong, by part", ["part"], **named)
        self.waiting = Gauge("course_waiting", "Requests that are being answered", **named)
        self.queued = Gauge("course_queued", "Requests that wait for a batch", **named)
        self.cache = Gauge("course_cache_lookups", "Looks into the cache by outcome", ["outcome"], **named)
        self.open = Gauge("course_breaker_open", "1 where a breaker is not closed", ["part"], **named)
        self.share = Gauge("course_rung_share", "Share of each rung among the last answers", ["rung"], **named)
        self.alert = Gauge("course_rung_alert", "1 where the full chain answers too few", **named)
        self.agreement = Histogram("course_shadow_agreement", "Share of a slate that the shadow shows too",
                                   buckets=(0.1, 0.3, 0.5, 0.7, 0.9, 1.0), **named)
        self.least_full, self.enough = least_full, enough
        self._last, self._tally = deque(maxlen=window), Tally()

    def answered(self, rung: str, seconds: float) -> None:
        """Count an answer."""
        self.rungs.labels(rung).inc()
        self.seconds.observe(seconds)
        self._remember(rung)

    def turned_away(self) -> None:
        """Count somebody who was refused because too many came: by the alert they are as badly off as without a slate.
        They are in no time and no rung, for a refusal in a millisecond is no fast answer."""
        self._remember("refused")

    def _remember(self, rung: str) -> None:
        if len(self._last) == self._last.maxlen:
            self._tally[self._last[0]] -= 1
        self._last.append(rung)
        self._tally[rung] += 1

    def shares(self) -> dict[str, float]:
        """{rung: share of the last answers}, empty before the first."""
        size = len(self._last)
        return {rung: self._tally[rung] / size for rung in RUNGS} if size else {}

    def alerts(self) -> list[str]:
        """A sentence for what somebody should look at."""
        full = self.shares().get("full", 1.0)
        if len(self._last) < self.enough or full >= self.least_full:
            return []
        refused = f", refusals among them ({self.shares()['refused']:.1%})" if self._tally["refused"] else ""
        return [f"the full chain gave {full:.1%} of the last {len(self._last):,} answers{refused}; expected at least "
                f"{self.least_full:.0%}"]

    def page(self) -> bytes:
        """The text that /metrics answers."""
        for rung, share in self.shares().items():
            self.share.labels(rung).set(share)
        self.alert.set(len(self.alerts()))
        return generate_latest(self.registry)
