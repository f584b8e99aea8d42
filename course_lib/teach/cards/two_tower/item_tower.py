"""Exercise 3.8: the item tower, with features, for items that have been trained and items that have not."""

import numpy as np
import torch
import torch.nn.functional as F

from course_lib.stages.retrieval.towers_by_hand import item_vectors
from course_lib.teach.cards.effects_towers import recall_of_new_films
from course_lib.teach.cards.two_tower import far_rows
from course_lib.teach.cards.two_tower.tower_slips import ITEMS
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake

HINT = "`own = table[item] * known[item].unsqueeze(1)`; `own + features[item] @ weight`."


def _tensor(rng, *shape):
    return torch.as_tensor(rng.normal(size=shape).astype(np.float32))


def _by_item(table, weight, features, known, item):
    rows = []
    for i in item.tolist():
        row = features[i] @ weight
        rows.append(row + table[i] if known[i] else row)
    return torch.stack(rows)


def _made(rng, n, f, d, known, item):
    return (_tensor(rng, n, d), _tensor(rng, f, d), _tensor(rng, n, f), torch.tensor(known), torch.tensor(item))


def _cases(rng):
    mixed = [True, False, True, True, False, False, True]
    many = (rng.random(60) < 0.5).tolist()
    return [Case("seven items, three of them new", _made(rng, 7, 3, 4, mixed, [6, 1, 1, 0, 4])),
            Case("a batch as long as the catalogue, in another order", _made(rng, 7, 2, 2, mixed, [6, 5, 4, 3, 2, 1, 0])),
            Case("as many features as numbers", _made(rng, 5, 3, 3, [False, True, True, False, True], [3, 4, 0])),
            Case("60 items, large values", tuple(
                20 * part if part.is_floating_point() else part
                for part in _made(rng, 60, 12, 5, many, rng.integers(0, 60, 30).tolist()))),
            Case("all are new", _made(rng, 4, 2, 3, [False] * 4, [0, 3])),
            Case("none is new", _made(rng, 4, 2, 3, [True] * 4, [2, 2, 1])),
            Case("one item, one feature", _made(rng, 1, 1, 1, [True], [0])),
            Case("an item whose features are all 0", (_tensor(rng, 3, 2), _tensor(rng, 2, 2), torch.tensor(
                [[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]), torch.tensor([True, True, False]), torch.tensor([0, 1, 2])))]


def _own(table, known, item):
    return table[item] * known[item].unsqueeze(1)


def _id_alone(table, weight, features, known, item):
    return _own(table, known, item)


def _content_alone(table, weight, features, known, item):
    return features[item] @ weight


def _untrained(table, weight, features, known, item):
    return table[item] + features[item] @ weight


def _new_are_zero(table, weight, features, known, item):
    return (table[item] + features[item] @ weight) * known[item].unsqueeze(1)


def _the_wrong_ones(table, weight, features, known, item):
    return table[item] * (~known[item]).unsqueeze(1) + features[item] @ weight


def _either(table, weight, features, known, item):
    return torch.where(known[item].unsqueeze(1), table[item], features[item] @ weight)


def _mean_of_both(table, weight, features, known, item):
    return item_vectors(table, weight, features, known, item) / 2


def _by_share(table, weight, features, known, item):
    return _own(table, known, item) + features[item] @ weight / features.shape[1]


def _root_of_features(table, weight, features, known, item):
    return _own(table, known, item) + features[item] @ weight / features.shape[1] ** 0.5


def _mean_for_new(table, weight, features, known, item):
    middle = table[known].mean(0) if known.any() else table.mean(0)
    return torch.where(known[item].unsqueeze(1), table[item], middle) + features[item] @ weight


def _by_place(table, weight, features, known, item):
    place = torch.arange(len(item)) % len(known)
    return table[item] * known[place].unsqueeze(1) + features[item] @ weight


def _features_by_place(table, weight, features, known, item):
    return _own(table, known, item) + features[torch.arange(len(item)) % len(features)] @ weight


def _whole_catalogue(table, weight, features, known, item):
    return table * known.unsqueeze(1) + features @ weight


def _unit_length(table, weight, features, known, item):
    return F.normalize(item_vectors(table, weight, features, known, item), dim=1)


def _multiplied(table, weight, features, known, item):
    return torch.where(known[item].unsqueeze(1), table[item] * (features[item] @ weight), features[item] @ weight)


def _subtracted(table, weight, features, known, item):
    return _own(table, known, item) - features[item] @ weight


def _present(table, weight, features, known, item):
    return _own(table, known, item) + (features[item] != 0).float() @ weight


def _side_by_side(table, weight, features, known, item):
    return torch.cat([_own(table, known, item), features[item] @ weight], dim=1)


def _trains(fn, rng):
    """Do table and weight both get a gradient, and a row of a new item none?"""
    table, weight = (torch.ones(3, 2).requires_grad_(), torch.ones(2, 2).requires_grad_())
    features, known = torch.tensor([[1.0, 2.0], [0.5, 1.0], [3.0, 1.0]]), torch.tensor([True, False, True])
    got = fn(table, weight, features, known, torch.tensor([0, 1, 0]))
    of_table, of_weight = torch.autograd.grad(got.sum(), (table, weight), allow_unused=True)
    if of_table is None or of_weight is None:
        return False
    right = torch.tensor([[2.0, 2.0], [0.0, 0.0], [0.0, 0.0]])
    return torch.allclose(of_table, right) and torch.allclose(of_weight, torch.tensor([[2.5, 2.5], [5.0, 5.0]]))


ITEM_TOWER = Card(
    id="two_tower.8", title="The item tower", minutes=10, difficulty=2, used_in=("this lesson", "{{negatives}}"),
    effect=recall_of_new_films,
    task="An item has two sources: a row of the table that belongs to it alone, and a row of `weight` for each of its "
         "features, times the feature's value. Make the vector of each item asked for, so that both can be "
         "trained. `known` says which items have an event in training: what does the row of another item hold when training "
         "is over? The tower shall say nothing that it cannot know.",
    shapes="`table` float [N, d], `weight` float [F, d], `features` float [N, F], `known` bool [N], `item` int [B], in which "
           "an id may stand twice; returns a float tensor [B, d].",
    why="A row that no event ever touched still holds the random numbers that it started from. Added to the features, they "
        "are noise in the vector of every new item, exactly where the features are all there is. Masked, an item without "
        "events stands where its features put it, and its own row learns what they leave open once events come. "
        "In training one may also drop known rows at random, so that the features learn to do without them. Where a row for "
        "each id is too much memory, ids share rows by a hash; those that share one are then told apart by their features alone.",
    reference=item_vectors, alternative=_by_item, cases=lambda rng: [*_cases(rng), *far_rows.item_cases()],
    by_hand=(Case("a known item and a new one, with the same features",
                  (torch.tensor([[10.0, 0.0], [77.0, 77.0]]), torch.tensor([[1.0, 2.0], [5.0, 5.0]]),
                   torch.tensor([[2.0, 0.0], [2.0, 0.0]]), torch.tensor([True, False]), torch.tensor([0, 1])),
                  expected=np.array([[12.0, 4.0], [2.0, 4.0]])),),
    invariants=(Invariant("table and weight can be trained, and the row of an item without events cannot", _trains),),
    mistakes=(
        Mistake("features left out", _id_alone, "Your features say nothing: a new item then has a vector of zeros."),
        Mistake("own row left out", _content_alone,
                "Your items are their features alone. Two films of one genre and year are then the same item."),
        Mistake("untrained rows kept", _untrained,
                "You add the own row of new items too. Nothing has trained it, so it is the noise it started from: mask it."),
        Mistake("new items are zero", _new_are_zero,
                "You put new items to zero altogether. Mask their own row alone; the features hold for them too."),
        Mistake("the other way round", _the_wrong_ones,
                "You keep the rows of new items and drop those of known ones. It is the other way round."),
        Mistake("either row or features", _either,
                "You take the own row for known items and the features for new ones. Known items have features too: then "
                "the weights learn from them, and there is something to say of the new."),
        Mistake("halved", _mean_of_both, "You take the mean of the two. They are added, and each learns its own size."),
        Mistake("mean over features", _by_share, "You divide by the number of features. They are added up."),
        Mistake("root of the features", _root_of_features,
                "You divide the features by a root of their number. They are added up as they are."),
        Mistake("mean row for new items", _mean_for_new,
                "You give new items the mean row of the known. That puts all of them where the crowd is: add nothing."),
        Mistake("known by place in the batch", _by_place,
                "You ask `known` by the place in the batch. Ask it by the item: `known[item]`."),
        Mistake("features by place in the batch", _features_by_place,
                "You take features by the place in the batch. Take those of the item: `features[item]`."),
        Mistake("the whole catalogue", _whole_catalogue, "You return a vector for each item of the catalogue. Return those of `item`."),
        Mistake("unit length", _unit_length, "You bring the vectors to length 1. Nothing here asks for cosines."),
        Mistake("multiplied", _multiplied, "You multiply the two sources. They are added."),
        Mistake("subtracted", _subtracted, "You take the features away. They are added."),
        Mistake("features as yes or no", _present,
                "You ask whether a feature is there. A feature counts as often as it says: a year is not a yes or no."),
        Mistake("side by side", _side_by_side,
                "You put the two beside one another. They are added, so that the width stays d."),
        *ITEMS,
    ),
    hints=("What does `table` hold in a row that no batch has ever touched?",
           "`features[item] @ weight` is what the features say together; `known[item]` is one yes or no a row.",
           HINT),
)
