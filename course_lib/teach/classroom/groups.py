"""Wrong answers that no card names, grouped by what they do, and the instructor's sentence for each group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from course_lib.teach.classroom.class_mistakes import Sentence

NAMELESS = "known in this class"


@dataclass
class Group:
    """Wrong answers to one exercise that agree on all cases.

    key: what mistakes.toml calls it; the same in every run that holds one of these answers. keys: those of all its
    answers, which may differ by rounding. sample: the row of one of them, with its text and the first case where it
    is wrong. said: the instructor's sentence, or None.
    """

    card_id: str
    key: str
    keys: set[str]
    people: list[str] = field(default_factory=list)
    sample: dict = field(default_factory=dict)
    said: Sentence | None = None


def groups_of(rows: dict[tuple[str, str], dict], people: list[str], order: Callable) -> list[Group]:
    """The groups, largest first. rows: as in ClassResults; those with `acts` are grouped. order: sorts exercise ids."""
    found: dict[tuple[str, str], Group] = {}
    place = {person: number for number, person in enumerate(people)}
    for person, card_id in sorted((one for one, row in rows.items() if row.get("acts") and one[0] in place),
                                  key=lambda one: place[one[0]]):
        row = rows[person, card_id]
        acts = row["acts"]
        group = found.setdefault((card_id, acts["like"]), Group(card_id, acts["key"], set(), sample=row))
        group.keys |= {acts["key"]}
        group.key = min(group.keys)
        group.people.append(person)
    return sorted(found.values(), key=lambda group: (-len(group.people), order(group.card_id), group.key))


def say(groups: list[Group], sentences: list[Sentence], rows: dict[tuple[str, str], dict]) -> list[Sentence]:
    """Put the instructor's sentences into the groups and their rows. Returns those that no answer here has met."""
    unmet = []
    for sentence in sentences:
        group = next((group for group in groups if group.card_id == sentence.card_id and sentence.key in group.keys),
                     None)
        if group is None:
            unmet.append(sentence)
            continue
        group.said, group.key = sentence, sentence.key
        for person in group.people:
            name = sentence.name or NAMELESS
            rows[person, group.card_id] |= {"mistake": name, "says": sentence.says, "known": True}
    return unmet
