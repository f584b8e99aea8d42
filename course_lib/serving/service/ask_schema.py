"""What a request over HTTP may hold: its schema, its limits, and one sentence for whatever is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from course_lib.contracts import CourseError
from course_lib.serving.service.own_ids import OwnIds

MOST_ID, MOST_TEXT = 2**31 - 1, 200


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


class AskByNumbers(BaseModel):
    """One request: whom for, what was clicked earlier in this session (latest last), and how many slots."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    user: int = Field(ge=-1, le=MOST_ID)
    session: list[Annotated[int, Field(ge=-MOST_ID, le=MOST_ID)]] = Field(default_factory=list)
    k: int = Field(default=10, ge=1, le=MOST_ID)


class Ask(AskByNumbers):
    """What a request means, in the numbers of a release. own: it was asked by the log's own ids, and so is answered."""

    own: bool = False


class AskByOwnIds(BaseModel):
    """The same by the log's own ids, as text; user null is somebody new."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    user: Annotated[str, Field(max_length=MOST_TEXT)] | None
    session: list[Annotated[str, Field(max_length=MOST_TEXT)]] = Field(default_factory=list)
    k: int = Field(default=10, ge=1, le=MOST_ID)


def parsed(body: bytes, limits: Limits, n_users: int, n_items: int, names: OwnIds | None = None) -> Ask:
    """The request that body, JSON, holds: by the log's own ids where user is text or null, by numbers where it is one.

    n_users, n_items: how many ids are known; user -1 is somebody new. names: of the log's own ids. Raises Refused: 413
    for a body that is too long, 404 for a user whom nobody knows, 422 for all else, each with one sentence.
    """
    if len(body) > limits.body_bytes:
        raise Refused(413, f"the body has more than {limits.body_bytes:,} bytes")
    try:
        ask = _read(body)
    except ValidationError as error:
        raise Refused(422, one_sentence(error)) from None
    if ask.k > limits.k:
        raise Refused(422, f"k is {ask.k}; at most {limits.k} items are served at once")
    if len(ask.session) > limits.session:
        raise Refused(422, f"session has {len(ask.session)} items; at most {limits.session} are read")
    if isinstance(ask, AskByOwnIds):
        return _in_numbers(ask, names)
    ask = Ask(user=ask.user, session=ask.session, k=ask.k)
    strange = next((item for item in ask.session if not 0 <= item < n_items), None)
    if strange is not None:
        raise Refused(422, f"session holds item {strange}; items are 0 to {n_items - 1}")
    if ask.user >= n_users:
        raise Refused(404, f"user {ask.user} is not known; send -1 for somebody new")
    return ask


def _read(body: bytes) -> AskByNumbers | AskByOwnIds:
    """By the kind of what stands as user; what is wrong is told of that kind."""
    try:
        return AskByNumbers.model_validate_json(body)
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False)
        if any(one["loc"] == ("user",) and (one["input"] is None or isinstance(one["input"], str)) and
               one["type"] != "missing" for one in told):
            return AskByOwnIds.model_validate_json(body)
        raise


def _in_numbers(ask: AskByOwnIds, names: OwnIds | None) -> Ask:
    """The same in numbers. Raises Refused: 404 for a person who is not known, 422 for an item that is not."""
    if names is None:
        raise Refused(422, "the ids of the log are not known here; expected numbers from 0, and -1 for somebody new")
    user = -1 if ask.user is None else names.user_of.get(ask.user)
    if user is None:
        raise Refused(404, f"user {ask.user[:60]!r} is not known; send null for somebody new")
    session = [names.item_of.get(item) for item in ask.session]
    if None in session:
        strange = ask.session[session.index(None)]
        raise Refused(422, f"session holds item {strange[:60]!r}, which is not known; leave it out")
    return Ask(user=user, session=session, k=ask.k, own=True)


def one_sentence(error: ValidationError) -> str:
    """The first thing that is wrong with a body or with settings: where, and what was expected."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "body"
    return " ".join(f"{place}: {first['msg']}".split())[:200]
