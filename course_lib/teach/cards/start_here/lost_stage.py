"""Exercise 0.1: which stage lost an item."""

import numpy as np

from course_lib.serving.trace import lost_at
from course_lib.teach.cards.start_here import far_stages
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake

NAMES = ("retrieve", "filter", "rank", "rerank")


def _cases(rng):
    out = []
    for sizes in ((12, 8, 5, 2), (6, 6, 3, 1), (20, 4)):
        left, items = [], np.arange(25)
        for name, size in zip(NAMES, sizes, strict=False):
            items = rng.permutation(items)[:size]
            left.append((name, items))
        for item in (int(items[0]), int(left[0][1][-1]), int(rng.integers(25)), 99):
            out.append(Case(f"item {item}, {len(left)} stages", (item, left)))
    return out + _odd_stages()


def _odd_stages():
    """Many stages, many items, large ids, and a stage that nothing leaves; the names are other ones."""
    names = ("gather", "screen", "score", "vary", "check")
    five = [(name, np.arange(60, 60 - 10 * size, -1)) for name, size in zip(names, (6, 5, 4, 3, 1), strict=True)]
    many = [("gather", np.arange(3000, 0, -2)), ("screen", np.arange(1800, 1200, -2))]
    large = [("gather", np.array([300, 2**24, 20])), ("screen", np.array([300, 2**24]))]
    none = [("gather", np.array([4, 6, 0])), ("screen", np.array([4, 6])), ("score", np.array([], int))]
    return [Case("item 45, lost at the last of five stages", (45, five)),
            Case("item 58, shown after five stages", (58, five)),
            Case("item 99, five stages of other names", (99, five)),
            Case("item 1600, among hundreds", (1600, many)), Case("item 2500, among hundreds", (2500, many)),
            Case("item 44, beside larger ids", (44, large)), Case("item 16777217, beside large ids", (2**24 + 1, large)),
            Case("item 4, nothing leaves the last stage", (4, none))]


def _by_position(item, left):
    survived = [bool((np.asarray(items) == item).any()) for _, items in left]
    return left[survived.index(False)][0] if False in survived else "shown"


def _last_missing(item, left):
    gone = [name for name, items in left if item not in items]
    return gone[-1] if gone else "shown"


def _last_kept(item, left):
    kept = [name for name, items in left if item in items]
    if len(kept) == len(left):
        return "shown"
    return kept[-1] if kept else left[0][0]


def _last_kept_or(nowhere, *, all_of_them="shown"):
    """Writings of "the last stage with it" that part where no stage has the item, or where all have."""
    def wrong(item, left):
        kept = [name for name, items in left if item in items]
        if len(kept) == len(left):
            return all_of_them or kept[-1]
        return kept[-1] if kept else nowhere
    return wrong


def _last_kept_or_first(item, left):
    return ([left[0][0]] + [name for name, items in left if item in items])[-1]


def _first_kept(item, left):
    for name, items in left:
        if item in items:
            return name
    return "shown"


def _first_kept_unless_shown(item, left):
    return "shown" if all(item in items for _, items in left) else _first_kept(item, left)


def _no_answer_for_shown(item, left):
    for name, items in left:
        if item not in items:
            return name
    return None


def _only_the_first_stage(item, left):
    name, items = left[0]
    return "shown" if item in items else name


def _had_it_and_lost_it(item, left):
    for (_, before), (name, after) in zip(left, left[1:], strict=False):
        if item in before and item not in after:
            return name
    return "shown"


def _had_it_and_lost_it_or_first(item, left):
    found = _had_it_and_lost_it(item, left)
    return left[0][0] if found == "shown" else found


def _number_of_stage(item, left):
    missing = [place for place, (_, items) in enumerate(left) if item not in items]
    return missing[0] if missing else "shown"


def _best_of_stage(item, left):
    for name, items in left:
        if items[0] != item:
            return name
    return "shown"


def _all_that_miss_it(item, left):
    return [name for name, items in left if item not in items] or "shown"


def _its_items(item, left):
    return next((items for _, items in left if item not in items), "shown")


def _never_shown(item, left):
    for name, items in left:
        if item not in items:
            return name
    return left[-1][0]


def _unknown_item_is_lost_first(fn, rng):
    answer = fn(50, [("a", np.arange(9)), ("b", np.arange(4)), ("c", np.arange(2))])
    return isinstance(answer, str) and answer == "a"


LOST = Card(
    id="start_here.1", title="Which stage lost it?", minutes=4, difficulty=1, used_in=("this lesson", "{{negatives}}", "{{reranker}}", "{{launch}}",),
    task="Each stage of a recommender passes a part of the items that it was given on to the next, and adds none. Given what left each stage, name "
         "**the stage that lost an item**: the one whose team has to hear of it. Nobody lost an item that left all stages; answer "
         "`\"shown\"`. There may be any number of stages, with any names.",
    shapes="`item` int; `left` list of (name, int array) in serving order; returns a string.",
    why="The stages are nested, so the first one without the item is the one that lost it, and everything behind it is "
        "innocent: it never saw the item. `trace.lost(item)` is this loop with the reason put behind the name.",
    reference=lost_at, alternative=_by_position, cases=lambda rng: [*_cases(rng), *far_stages.LOST],
    by_hand=(
        Case("item 4 leaves retrieve and filter, not rank",
             (4, [("retrieve", np.array([4, 2, 9])), ("filter", np.array([4, 9])), ("rank", np.array([9]))]),
             expected="rank"),
        Case("item 9 leaves every stage",
             (9, [("retrieve", np.array([4, 2, 9])), ("filter", np.array([4, 9])), ("rank", np.array([9]))]),
             expected="shown"),
        Case("item 7 was never retrieved",
             (7, [("retrieve", np.array([4, 2, 9])), ("filter", np.array([4, 9])), ("rank", np.array([9]))]),
             expected="retrieve"),
    ),
    invariants=(Invariant("an item that no stage knows is lost at the first stage, however many follow",
                          _unknown_item_is_lost_first),),
    mistakes=(
        Mistake("the last stage without it", _last_missing,
                "You name the last stage that the item is missing from. Once lost, it is missing from every later stage "
                "too: the first one without it is the one that lost it."),
        Mistake("the last stage with it", _last_kept,
                "You name the last stage the item passed. It left that one alive; the next stage lost it."),
        Mistake("the last stage with it, shown if none", _last_kept_or("shown"),
                "You name the last stage the item passed, and call an item \"shown\" that no stage has. The stage behind the "
                "last one that has it lost it; where none has it, that is the first."),
        Mistake("the last stage with it, None if none", _last_kept_or(None),
                "You name the last stage the item passed, and none where no stage has it. The stage behind the last one that has "
                "it lost it; where none has it, that is the first."),
        Mistake("the last stage with it, retrieve if none", _last_kept_or("retrieve"),
                "You name the last stage the item passed, and the name `retrieve` where no stage has it. The stage behind the last one "
                "that has it lost it, and stages may have any names."),
        Mistake("how far it came", _last_kept_or("shown", all_of_them=None),
                "You say how far the item came: the last stage that it left. Asked for is the first stage that it did not leave."),
        Mistake("how far it came, None if nowhere", _last_kept_or(None, all_of_them=None),
                "You say how far the item came, and None where it left no stage. Asked for is the first stage that it did not "
                "leave, and \"shown\" where it left all."),
        Mistake("the first stage with it", _first_kept,
                "You name the first stage that still has the item. Ask for the first one that does not."),
        Mistake("the first stage with it, unless shown", _first_kept_unless_shown,
                "Items that left all stages are right, but of the others you name the first stage that still has the item. Ask for "
                "the first one that does not."),
        Mistake("no answer for shown items", _no_answer_for_shown,
                "Lost items are right, but an item that left every stage gets no answer: after the loop, return \"shown\"."),
        Mistake("only the first stage asked", _only_the_first_stage,
                "You look at the first stage alone: what left it counts as shown. Say \"shown\" only when the loop is over."),
        Mistake("a loss needs a stage before", _had_it_and_lost_it,
                "You look for an item that one stage has and the next has not, so an item that was never retrieved counts as shown. "
                "The first stage can lose one too."),
        Mistake("a loss needs a stage before, else the first", _had_it_and_lost_it_or_first,
                "Where no stage passes from having the item to not having it you name the first stage, even for an item that left them all. "
                "That one is \"shown\"."),
        Mistake("how far it came, the first if nowhere", _last_kept_or_first,
                "You say how far the item came. Asked for is the first stage that it did *not* leave, and \"shown\" where it left all."),
        Mistake("number, not name", _number_of_stage,
                "You return the place of the stage in the list. Its name is asked for."),
        Mistake("only the best of each stage", _best_of_stage,
                "You compare the item with the first of each stage's items. It left the stage if it is anywhere among them."),
        Mistake("kept or not, stage by stage", lambda item, left: [bool(item in items) for _, items in left],
                "You say for each stage whether it has the item. The name of the first one that has not is asked for."),
        Mistake("every stage without it", _all_that_miss_it,
                "You list all stages without the item. The first of them lost it; the others never saw it."),
        Mistake("the items, not the name", _its_items,
                "You return what the stage passed on. Its name is asked for."),
        Mistake("shown items blamed on the last stage", _never_shown,
                "An item that left every stage is lost nowhere. Return \"shown\" for it."),
    ),
    hints=("Walk the stages in order. What do you see first when the item has gone?",
           "One loop and one `if` are enough; what comes after the loop is the answer for an item that survived.",
           "`for name, items in left:` … `if item not in items: return name` … and after the loop `return \"shown\"`."),
)
