"""What a request to /admin may hold: faults, features and releases. Numbers are numbers there, and text is text.

By text people and items go by the log's own ids, by numbers by those of a release. So nothing is taken for the other
here: "25" is an own id, which may be that of quite another item than number 25.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from course_lib.serving.service.ask_schema import MOST_ID, MOST_TEXT, Refused
from course_lib.serving.service.fault_switches import Fault

Number = Annotated[int, Field(ge=0, le=MOST_ID, strict=True)]
Key = Annotated[int, Field(ge=0, le=MOST_ID)]               # the keys of JSON are text always
Text = Annotated[str, Field(strict=True, max_length=MOST_TEXT)]
FAULTS, CHANGES = TypeAdapter(list[Fault]), TypeAdapter(dict[str, Any])
BY_NUMBERS, BY_OWN_IDS = TypeAdapter(dict[Key, list[Number]]), TypeAdapter(dict[Text, list[Text]])


class Change(BaseModel):
    """A release to be made. path: of a saved recommender; None where a canary or a shadow ends. share: of people.
    withdrawn: items that must not be shown, by number."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=100)
    path: str | None = Field(None, max_length=4096)
    role: Literal["current", "canary", "shadow"] = "current"
    share: float = Field(1.0, ge=0, le=1)
    withdrawn: list[Number] = []


def features_of(body: bytes, own_ids: bool) -> dict[int, list[int]] | dict[str, list[str]]:
    """{user: items}, all by numbers where the items are numbers, all by own ids where they are text.

    own_ids: whether the log's own ids are known. Then a body in which people are digits and nobody has an item could
    mean either, and is Refused. Raises ValidationError for what is neither.
    """
    try:
        found = BY_NUMBERS.validate_json(body)
    except ValidationError as error:
        try:
            return BY_OWN_IDS.validate_json(body)
        except ValidationError:
            raise error from None
    if own_ids and found and not any(found.values()):
        raise Refused(422, "nobody here has an item, so these may be numbers or own ids; send at least one item")
    return found
