"""What can be set about the service, with its units."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator


class ServiceSettings(BaseModel):
    """budget_ms: from arrival to answer. reserve_ms: of it, what the ladder and the answer itself take. store_ms: at
    most for the store; hedge_ms: after which it is asked a second time; retry_share: second tries per first one.
    cache_ms: at most for a look into the cache. late_ms: for how long after the deadline a computation goes on, for the
    cache. batch: requests in one pass; batch_wait_ms: for others to come; runners: passes at a time; queue: requests
    that may wait for one, beyond which the ladder answers. shed_at: requests at a time, beyond which they are turned
    away. fresh_s, renew_s, keep_s: of SlateCache. single_flight: one computation of a key at a time. breaker_reset_s:
    for how long what fails is left alone. warm: people whose slates are computed and kept before the first
    request. body_s: at most for a body to come. body_bytes, most_k, most_session, per_second, burst: of
    ask_schema.Limits.
    per_second: of one address; None: any number, which `course serve` changes where other machines can ask.
    most_session is also how many of the items that the store has of somebody are read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    budget_ms: float = Field(50, gt=0)
    reserve_ms: float = Field(10, ge=0)
    store_ms: float = Field(10, gt=0)
    hedge_ms: float = Field(4, gt=0)
    retry_share: float = Field(0.1, ge=0, le=1)
    cache_ms: float = Field(3, gt=0)
    late_ms: float = Field(500, ge=0)
    batch: int = Field(32, ge=1)
    batch_wait_ms: float = Field(2, ge=0)
    runners: int = Field(2, ge=1)
    queue: int = Field(64, ge=1)
    shed_at: int = Field(256, ge=1)
    fresh_s: float = Field(5, ge=0)
    renew_s: float = Field(0, ge=0)
    keep_s: float = Field(3600, gt=0)
    single_flight: bool = True
    breaker_reset_s: float = Field(1, gt=0)
    warm: int = Field(200, ge=0)
    body_s: float = Field(2, gt=0)
    body_bytes: int = Field(16_384, ge=64)
    most_k: int = Field(50, ge=1)
    most_session: int = Field(200, ge=0)
    per_second: float | None = Field(None, ge=0.001)
    burst: int = Field(50, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _fits(self):
        if self.reserve_ms >= self.budget_ms:
            raise ValueError(f"reserve_ms is {self.reserve_ms:g}, which leaves nothing of {self.budget_ms:g} ms")
        if self.fresh_s + self.renew_s > self.keep_s:
            raise ValueError(f"fresh_s and renew_s are {self.fresh_s + self.renew_s:g} s together, which is longer "
                             f"than keep_s, {self.keep_s:g} s")
        return self
