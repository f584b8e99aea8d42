"""Decision 14.6: how a bad night is looked into, played on nights of a small service with one part broken."""

from functools import cache

import numpy as np

from course_lib.launch import incident
from course_lib.launch.probes import PROBES, minutes_to_cause
from course_lib.launch.small_service import small_service
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

NIGHTS = 40                                    # a seed; each holds one fault, of five kinds in equal parts
MINUTES = {name: minutes for name, (minutes, _) in PROBES.items()}
OWN_LOOK = {"retrieve": "slices", "filter": "rules", "rank": "features", "rerank": "slate"}
A_TRACE = 0.1                                  # minutes that a request takes which is run again, stage by stage
PLACE_OF_LABELS = {"first": 0, "second": 1, "last": len(OWN_LOOK)}


def _lost(system, hidden, healthy) -> np.ndarray:
    """float (people, stages): the share of each person's held-out items that each stage loses."""
    wanted = np.stack([hidden[person] for person in healthy.people])
    left = [np.ones(len(wanted))]
    for item in incident.after_each_stage(system, healthy.people, healthy.items):
        left.append((wanted[:, :, None] == item[:, None, :]).any(axis=2).mean(axis=1))
    return -np.diff(np.stack(left, axis=1), axis=1)


@cache
def nights(seed) -> tuple[np.ndarray, list]:
    """(what each stage loses of each person's items on a healthy night, [(kind, the same on a broken night)])."""
    healthy, rng, out = small_service(seed), np.random.default_rng([seed, 6]), []
    for kind in rng.permutation(np.resize([*incident.STAGES, "labels"], NIGHTS)):
        system, hidden = healthy.system, healthy.hidden
        if kind == "labels":
            system, hidden = incident.old_labels(healthy, rng)
        else:
            _, system = incident.drawn_fault(healthy, rng, str(kind))
        out.append((str(kind), _lost(system, hidden, healthy)))
    return _lost(healthy.system, healthy.hidden, healthy), out


def _by_count(choice, usual, tonight, rng) -> list[str]:
    """The stages in the order that a count of the people chosen says."""
    people = rng.integers(len(usual), size=(2, choice["people"]))
    before = people[0] if choice["compare"] == "the same people" else people[1]
    lost = tonight[people[0]].mean(axis=0)
    more = lost if choice["order"] == "largest loss" else lost - usual[before].mean(axis=0)
    return [incident.STAGES[at] for at in np.argsort(-more, kind="stable")]


def counting_minutes(choice) -> float:
    """Minutes until the count is there; none for an order that needs none."""
    if choice["order"] not in ("largest rise", "largest loss"):
        return 0.0
    twice = choice["order"] == "largest rise" and choice["compare"] == "the same people"
    return A_TRACE * choice["people"] * (2 if twice else 1)


def _look_order(choice, usual, tonight, rng) -> list[str]:
    stages = list(incident.STAGES)
    if choice["order"] == "quickest first":
        return sorted([*OWN_LOOK.values(), "labels"], key=MINUTES.get)
    if choice["order"] != "from the top":
        stages = _by_count(choice, usual, tonight, rng)
    looks = [OWN_LOOK[stage] for stage in stages]
    looks.insert(PLACE_OF_LABELS[choice["labels"]], "labels")
    return looks


@cache
def _minutes(people, compare, order, labels, seed) -> tuple:
    """((kind, minutes), …) of the nights of a seed."""
    choice = {"people": people, "compare": compare, "order": order, "labels": labels}
    (usual, held), rng = nights(seed), np.random.default_rng([seed, 7])
    return tuple((kind, counting_minutes(choice) + minutes_to_cause(
        _look_order(choice, usual, tonight, rng), OWN_LOOK.get(kind, kind), MINUTES)) for kind, tonight in held)


def play_looks(choice, seed) -> float:
    """Minus the minutes until the cause is known, mean over the nights."""
    return -float(np.mean([minutes for _, minutes in _minutes(*(choice[part] for part in (
        "people", "compare", "order", "labels")), seed)]))


def _mean_minutes(choice, seed, labels: bool) -> float:
    """Mean minutes over the nights on which the labels were at fault, or over the others."""
    held = _minutes(*(choice[part] for part in ("people", "compare", "order", "labels")), seed)
    return float(np.mean([minutes for kind, minutes in held if (kind == "labels") == labels]))


def against_looks(choice) -> str:
    """What speaks against a way of looking, part by part."""
    told, order, counted = [], choice["order"], counting_minutes(choice)
    if order == "from the top":
        told.append("from the top: retrieval is at fault no more often than the rest, and yet you look there every night.")
    if order == "quickest first":
        told.append("quickest first: you look at what is quick to look at, whatever the night lost.")
    if order == "largest loss":
        told.append("the largest loss: retrieval loses most on a healthy night too, so the count sends you there almost whatever broke.")
    if order == "largest rise" and choice["compare"] == "others":
        told.append("others: two crowds differ by more than a small fault takes, so the count often names another stage.")
    if counted > 8:
        told.append(f"{choice['people']} people: the count alone takes {counted:.0f} minutes of every night.")
    if order in ("largest rise", "largest loss") and choice["people"] < 10:
        told.append(f"{choice['people']} people: a small fault may not touch one of them.")
    if order != "quickest first" and choice["labels"] != "second":
        minutes = [_mean_minutes(choice, 101, labels) for labels in (True, False)]
        told.append(f"labels {choice['labels']}: {minutes[0]:.0f} minutes where they are at fault, {minutes[1]:.0f} on the other "
                    "nights.")
    return " ".join(told)


LOOKS = Decision(
    id="interview.6", title="Where do you look, and whom do you count?", minutes=10, difficulty=3, used_in=("this lesson",),
    task="A small service of the same four stages, broken on forty nights a seed: on a fifth of them each stage is at fault, on "
         "the rest the labels are. You make one plan for all nights. A look takes the minutes you saw above (`slices` 15 settles "
         "retrieval, `rules` 5 the filter, `features` 20 the ranker, `slate` 10 the re-ranker, `labels` 10), and you go on until the one "
         "that settles it. A count by stage comes first where your order rests on one: a request that is run again with its trace "
         "takes a tenth of a minute, so the same people on both nights take twice as long as tonight's people against others whose "
         "traces were kept.",
    choice=Fields({
        "people": Number(5, 300, "people in the count", whole=True),
        "compare": Options({"others": "tonight's people against others of last night", "the same people": "run again on both systems"}),
        "order": Options({"from the top": "retrieval, filter, ranker, re-ranker; no count", "quickest first": "by minutes; no count",
                          "largest loss": "by what each stage loses tonight", "largest rise": "by how much more it loses than last night"}),
        "labels": Options({"first": "before any stage", "second": "after the first stage", "last": "after all stages"})}),
    policies={
        "from the top": {"people": 5, "compare": "others", "order": "from the top", "labels": "last"},
        "what is quick first": {"people": 5, "compare": "others", "order": "quickest first", "labels": "first"},
        "the largest loss": {"people": 50, "compare": "others", "order": "largest loss", "labels": "last"},
        "a large count": {"people": 300, "compare": "others", "order": "largest rise", "labels": "second"},
        "a count of other people": {"people": 20, "compare": "others", "order": "largest rise", "labels": "second"},
        "a small count of the same people": {"people": 20, "compare": "the same people", "order": "largest rise", "labels": "second"}},
    play=play_looks, unit="minutes until the cause is known, with a minus", against=against_looks, spec=".1f",
    until_chosen="from the top", seeds=tuple(range(101, 109)),
    why="Every stage loses something on a good night, so a loss says where the system is weak, and only a *rise* says what broke. A rise "
        "is a difference of two nights: with the same people on both, what makes people differ drops out, and few are enough. But a count takes minutes, and beyond some size it costs more than the wrong looks it saves: that a "
        "figure gets sharper is no reason to wait for it. The labels come second here: where they are at fault the count names "
        "the filter, which did its work; its own look is short and shows that, and then the measurement is the next suspect.")
