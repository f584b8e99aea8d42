"""What a request over HTTP may hold: its schema, its limits, and one sentence for whatever is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from course_lib.contracts import CourseError

MOST_ID = 2**31 - 1


class Refused(CourseError):
    """A request that is not served. status: of HTTP. retry_after_s: when to come again, where that may help."""

    def __init__(self, status: int, says: str, retry_after_s: int | None = None):
        super().__init__(says)
        self.status, self.retry_after_s = status, retry_after_s


@dataclass(frozen=True)
class Limits:
    """body_bytes: of a request. k: slots of a slate. session: items of one. per_second: requests of one client that are
    admitted, None: any number; burst: how many of them may come at once."""

    body_bytes: int = 16_384
    k: int = 50
    session: int = 200
    per_second: float | None = None
    burst: int = 50


class Ask(BaseModel):
    """One request: whom for, what was clicked earlier in this session (latest last), and how many slots."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    user: int = Field(ge=-1, le=MOST_ID)
    session: list[Annotated[int, Field(ge=-MOST_ID, le=MOST_ID)]] = Field(default_factory=list)
    k: int = Field(default=10, ge=1, le=MOST_ID)


def parsed(body: bytes, limits: Limits, n_users: int, n_items: int) -> Ask:
    """The request that body, JSON, holds.

    n_users, n_items: how many ids are known; user -1 is somebody new. Raises Refused: 413 for a body that is too long,
    404 for a user whom nobody knows, 422 for all else, each with one sentence.
    """
    if len(body) > limits.body_bytes:
        raise Refused(413, f"the body has more than {limits.body_bytes:,} bytes")
    try:
        ask = Ask.model_validate_json(body)
    except ValidationError as error:
        raise Refused(422, one_sentence(error)) from None
    if ask.k > limits.k:
        raise Refused(422, f"k is {ask.k}; at most {limits.k} items are served at once")
    if len(ask.session) > limits.session:
        raise Refused(422, f"session has {len(ask.session)} items; at most {limits.session} are read")
    strange = next((item for item in ask.session if not 0 <= item < n_items), None)
    if strange is not None:
        raise Refused(422, f"session holds item {strange}; items are 0 to {n_items - 1}")
    if ask.user >= n_users:
        raise Refused(404, f"user {ask.user} is not known; send -1 for somebody new")
    return ask


def one_sentence(error: ValidationError) -> str:
    """The first thing that is wrong with a body or with settings: where, and what was expected."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "body"
    return " ".join(f"{place}: {first['msg']}".split())[:200]
