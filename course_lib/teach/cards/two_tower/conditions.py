"""Refereed 3.11: two scores compared, one of them with the correction and the full training, the other with neither."""

from functools import cache

import numpy as np

from course_lib.evidence.estimate import paired
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

PEOPLE, ITEMS, EACH, HIDDEN, WIDTH = 600, 300, 20, 5, 16


@cache
def _taken():
    """int (U, 20): what each person took, in a drawn order; the last five are hidden."""
    rng = np.random.default_rng(0)
    group = np.arange(ITEMS) % 6
    appeal = rng.permutation(1 / np.arange(1, ITEMS + 1) ** 0.9)
    rows = []
    for _ in range(PEOPLE):
        chance = appeal * (0.3 + 4 * (group == rng.choice(6)))
        rows.append(rng.choice(ITEMS, EACH, replace=False, p=chance / chance.sum()))
    return np.array(rows)


@cache
def _recall(version, log_q, epochs) -> np.ndarray:
    """Recall@20 of each person, float (U,), of one version trained under these conditions."""
    import torch
    import torch.nn.functional as F

    train, hidden = _taken()[:, :-HIDDEN], _taken()[:, -HIDDEN:]
    share = np.bincount(train.ravel(), minlength=ITEMS).clip(min=1) / train.size
    chance = torch.as_tensor(np.log(share), dtype=torch.float32)
    generator = torch.Generator().manual_seed(0)
    people, items = (torch.nn.Parameter(0.1 * torch.randn(n, WIDTH, generator=generator)) for n in (PEOPLE, ITEMS))
    user, item = torch.arange(PEOPLE).repeat_interleave(train.shape[1]), torch.as_tensor(train.ravel())
    optimiser = torch.optim.Adam([people, items], lr=0.03)

    def scores(query, vectors):
        if version == "cosine":
            query, vectors = F.normalize(query, dim=1) / 0.15, F.normalize(vectors, dim=1)
        return query @ vectors.T

    for _ in range(epochs):
        for rows in torch.randperm(len(user), generator=generator).split(256):
            score = scores(people[user[rows]], items[item[rows]]) - log_q * chance[item[rows]]
            optimiser.zero_grad()
            F.cross_entropy(score, torch.arange(len(rows))).backward()
            optimiser.step()
    with torch.no_grad():
        score = scores(people, items).numpy()
    np.put_along_axis(score, train, -np.inf, axis=1)
    top = np.argsort(-score, axis=1, kind="stable")[:, :20]
    return np.array([np.isin(mine, found).mean() for mine, found in zip(hidden, top, strict=True)])


def measure(part) -> Reading:
    """Which version finds more, dot product or cosine, each under the conditions that `part` gives it."""
    found = []
    for version in ("dot product", "cosine"):
        held = part(version)
        epochs = min(max(int(held["epochs"]), 1), 8)
        found.append(_recall(version, bool(held["log_q"]), epochs))
    ahead = paired(*found)
    says = ("the dot product finds more" if ahead.low > 0 else "the cosine finds more" if ahead.high < 0
            else "no difference that can be seen")
    return Reading(says, ahead)


def published(version):
    """As published."""
    return {"log_q": True, "epochs": 4} if version == "dot product" else {"log_q": False, "epochs": 2}


def equal(version):
    """The same for both: the product's four epochs, and the correction."""
    return {"log_q": True, "epochs": 4}


CONDITIONS = Refereed(
    id="two_tower.11", title="“Plain softmax beats InfoNCE”", minutes=12, difficulty=3, used_in=("interview",),
    task="A team compares two scores under the softmax over a batch: the dot product, and the cosine at a temperature of 0.15 "
         "chosen beforehand, which it calls InfoNCE. Both see the same 9,000 events, at width 16. The dot product is what the "
         "company serves, with `log_q: true, epochs: 4`. The cosine came with a public implementation's defaults, "
         "`log_q: false, epochs: 2`. The report says: *the dot product finds almost twice as much; we stay with it.* The figure is "
         "its lead in recall@20, paired by user. The product has room for four epochs.",
    signature="`conditions(version)`: \"dot product\" or \"cosine\" → dict with `log_q` (bool) and `epochs` (int, 1 to 8).",
    measure=measure, rigged=published, reference=equal,
    explanations={
        "The two versions were trained under different conditions.": "Score, correction and length of training changed at "
        "once. With the two others held equal, the verdict is another.",
        "The temperature of 0.15 is too low.": "It was chosen beforehand, and another one would move both figures. But at any "
        "temperature the cosine lacks the correction and half of the training.",
        "Recall@20 is the wrong measure for a softmax.": "Both are judged by it alike, and retrieval hands over lists. The measure "
        "is fair; what it was given is not.",
        "Six hundred users are too few.": "The interval comes from these users and is far from 0. More of them would make a "
        "wrong figure more exact."},
    right="The two versions were trained under different conditions.",
    why="Somebody else's implementation brings somebody else's defaults. A comparison of losses has to list all that differs, and "
        "to hold equal all but one: batches, negatives, correction, epochs, width, and the care with which settings were "
        "chosen. Here the correction decides most of it.",
    close=0.02,             # two wrong parts lie within a tenth of the interval's width of one another
    wrong_mends=(
        Mistake("equal epochs alone", lambda version: {"log_q": version == "dot product", "epochs": 4},
                "You make the epochs equal, and the cosine still trains without the correction. That is most of the gap."),
        Mistake("equal correction alone", lambda version: {"log_q": True, "epochs": 4 if version == "dot product" else 2},
                "You give both the correction, and the cosine still trains half as long. It learns more slowly at first."),
        Mistake("neither corrected", lambda version: {"log_q": False, "epochs": 4},
                "You take the correction from both. The conditions are equal, but nobody would serve either: the product has "
                "it. Give it to both."),
        Mistake("neither corrected, two epochs", lambda version: {"log_q": False, "epochs": 2},
                "You give both the public implementation's defaults. The conditions are equal, but they are not those of the product: it "
                "has the correction and four epochs. Give these to both."),
        Mistake("more epochs than the product has room for", lambda version: {"log_q": True, "epochs": 8},
                "You give both eight epochs. The product has room for four, and what it serves is what has to be compared."),
        Mistake("two epochs for both", lambda version: {"log_q": True, "epochs": 2},
                "You cut both to two epochs. The product allows four, and which one is ahead after two says how fast each "
                "starts."),
        *(Mistake(f"{word} for both", lambda version, epochs=epochs: {"log_q": True, "epochs": epochs},
                  f"You give both {word}. The conditions are equal, but the product has room for four, and which one is ahead changes with the "
                  "length of training.") for epochs, word in ((1, "one epoch"), (3, "three epochs"), (5, "five epochs"), (6, "six epochs"))),
        Mistake("the slower one trains longer", lambda version: {"log_q": True, "epochs": 4 if version == "dot product" else 8},
                "You let the cosine train twice as long because it learns more slowly. The product has room for four epochs, for either."),
        Mistake("the correction for the cosine alone", lambda version: {"log_q": version == "cosine", "epochs": 4},
                "You give the correction to the cosine and take it from the dot product. The conditions are unequal once more."),
        Mistake("the other way round", lambda version: published("cosine" if version == "dot product" else "dot product"),
                "You exchanged the conditions: now the dot product has the worse ones. Make them equal."),
    ))

REFEREED = (CONDITIONS,)
