"""Exercise 15.2: one level of beam search: which beams go on with which code."""

import numpy as np

from course_lib.stages.retrieval.sequences.sequences_by_hand import best_beams
from course_lib.teach.cards import effects
from course_lib.teach.definitions.card import Card, Case, Mistake
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, IGNORED, UNIT


def _case(name, rng, beams, codes, width, dead=0.3):
    step = rng.normal(0, 2, (beams, codes))
    step[rng.random((beams, codes)) < dead] = -np.inf
    step[:, 0] = np.where(np.isinf(step).all(axis=1), 0.0, step[:, 0])
    with np.errstate(divide="ignore"):
        step -= np.log(np.exp(step).sum(axis=1, keepdims=True))
    return Case(name, (np.log(rng.dirichlet(np.ones(beams))), step, width))


def _cases(rng):
    return [_case("four beams", rng, 4, 6, 5), _case("more wanted than there are", rng, 2, 4, 50, 0.5),
            _case("one beam", rng, 1, 8, 3), _case("the greedy one", rng, 5, 5, 1), _case("as many as before", rng, 6, 6, 6),
            _case("nearly all dead", rng, 6, 8, 9, 0.85), _case("many of both", rng, 120, 260, 300),
            Case("many equals", (np.log(np.full(9, 1 / 9)), np.log(rng.choice([1 / 32, 1 / 16, 1 / 8], (9, 12))), 70)),
            Case("equals", (np.log([0.5, 0.5]), np.log([[0.5, 0.5], [0.5, 0.5]]), 3)),
            Case("equals across beams", (np.log([0.2, 0.8]), np.log([[0.5, 0.5], [0.125, 0.875]]), 4))]


def _one_by_one(chance, step, width):
    """The same, pair by pair."""
    pairs = [(-(chance[w] + step[w, s]), w, s) for w in range(len(chance)) for s in range(step.shape[1]) if step[w, s] > -np.inf]
    best = sorted(pairs)[:width]
    return (np.array([w for _, w, _ in best], int), np.array([s for _, _, s in best], int), np.array([-c for c, _, _ in best]))


def _wrong(*, total=lambda chance, step: chance[:, None] + step, sign=-1, drop=True, swap=False, says=None):
    def wrong(chance, step, width):
        value = total(chance, step)
        flat = value.ravel()
        order = np.argsort(sign * flat, kind="stable")
        order = order[flat[order] > -np.inf] if drop else order
        order = order[:width]
        beam, code = order // step.shape[1], order % step.shape[1]
        answer = flat[order] if says is None else says(chance, step)[beam, code]
        return (code, beam, answer) if swap else (beam, code, answer)
    return wrong


def _one_of_each(chance, step, width):
    beam, code = np.arange(len(chance)), step.argmax(axis=1)
    total = chance + step[beam, code]
    order = np.argsort(-total, kind="stable")[:width]
    return beam[order], code[order], total[order]


def _sorted(chance, step, width, again=lambda order: order, of=None):
    """As asked, with the places sorted or read otherwise."""
    flat = (chance[:, None] + step).ravel()
    order = np.argsort(-flat, kind="stable")
    order = again(order[flat[order] > -np.inf][:width])
    return order // (of or step.shape[1]), order % (of or step.shape[1]), flat[order]


def _turned_round(chance, step, width):
    flat = (chance[:, None] + step).ravel()
    order = np.argsort(flat, kind="stable")[::-1]
    order = order[flat[order] > -np.inf][:width]
    return order // step.shape[1], order % step.shape[1], flat[order]


def _found_in_trees(fn):
    """Share of the twenty likeliest of 512 ids that a search with twenty beams finds, over sixty made decoders."""
    rng, shares = np.random.default_rng(0), []
    for _ in range(60):
        tables = [np.log(rng.dirichlet(np.ones(8), 8 ** level)) for level in range(3)]
        exact = (tables[0].reshape(8, 1, 1) + tables[1].reshape(8, 8, 1) + tables[2].reshape(8, 8, 8)).ravel()
        node, chance = np.zeros(1, int), np.zeros(1)
        for table in tables:
            beam, code, chance = fn(chance, table[node], 20)
            node = 8 * node[beam] + code
        shares.append(np.isin(np.argsort(-exact)[:20], node).mean())
    return effects.over(np.array(shares))


BEAMS = Card(
    id="sequences.2", title="Which beams go on", minutes=12, difficulty=3, used_in=("this lesson",),
    task="There are W beginnings (*beams*). Beam w has log chance `chance[w]`, and `step[w, s]` is the log chance of code s behind it, "
         "−∞ where no item goes on so. Return the `width` best continuations of all beams together, fewer where fewer exist: the beam, "
         "code and log chance of each. Of equals the earlier beam comes first, then the lower code.",
    shapes="`chance` float [W], `step` float [W, S], `width` int; returns (beam int [V], code int [V], log chance float [V]), best first.",
    why="Chances along a path multiply, so logarithms add. All continuations compete with one another: a good beam may go on "
        "twice and a poor one not at all. Keeping the best continuation of *each* beam would be greedy search from several starts. "
        "The −∞ entries carry the rule that only ids of existing items are written; without them a decoder makes up items.",
    reference=best_beams, alternative=_one_by_one, cases=_cases, effect=_found_in_trees,
    by_hand=(Case("a poorer beam with a sure continuation",
                  (np.log([0.6, 0.4]), np.log([[0.5, 0.3, 0.2], [0.9, 0.06, 0.04]]), 3),
                  expected=(np.array([1, 0, 0]), np.array([0, 0, 1]), np.log([0.36, 0.30, 0.18]))),),
    mistakes=(
        Mistake("the beams forgotten", _wrong(total=lambda chance, step: 0 * chance[:, None] + step),
                kind=IGNORED, says="You rank by the last code's chance alone. What the beam has cost so far belongs to it."),
        Mistake("multiplied", _wrong(total=lambda chance, step: chance[:, None] * step, drop=True),
                kind=UNIT, says="You multiply logarithms. Chances multiply, so their logarithms add."),
        Mistake("one of each beam", _one_of_each, kind=BASE, says="You keep the best continuation of each beam. They compete with one another: a good "
                "beam may go on several times, a poor one not at all."),
        Mistake("the worst", _wrong(sign=1), kind=DIRECTION, says="Your continuations are the worst ones. The largest log chance is nearest to 0."),
        Mistake("made up", _wrong(drop=False), kind=BASE, says="You return continuations with −∞, which no item has. Return fewer instead."),
        Mistake("exchanged", _wrong(swap=True), kind=AXIS, says="Your codes stand where beams are asked for. First the beam, then the code."),
        Mistake("equals turned round", _turned_round, kind=BOUNDARY, says="Of equals your later ones come first: turning a sorted list round turns "
                "equals round as well. Sort the negative values in a stable way."),
        Mistake("not in order", lambda chance, step, width: _sorted(chance, step, width, np.sort), kind=AXIS, says="You found the right continuations. "
                "They stand in the order of beams; the best has to come first."),
        Mistake("read by beams", lambda chance, step, width: _sorted(chance, step, width, of=len(chance)), kind=AXIS, says="You divide a place by "
                "the number of beams. In a line made row by row, a row has as many places as there are codes."),
        Mistake("the step's chance", _wrong(says=lambda chance, step: step), kind=IGNORED, says="You return the chance of the last code. The next level "
                "needs the log chance of the whole beginning."),
        Mistake("chances", _wrong(says=lambda chance, step: np.exp(chance[:, None] + step)), kind=UNIT, says="You return chances; the task asks for their "
                "logarithms, which do not underflow in a long id."),
    ),
    hints=("Write the log chance of each pair of beam and code into one table, then look for its largest entries.",
           "`(chance[:, None] + step).ravel()` puts the table in one line; `np.argsort(-line, kind=\"stable\")` sorts it.",
           "Place p of the line is beam `p // S` with code `p % S`. Leave out what is −∞."),
    realistic=lambda rng: (np.log(rng.dirichlet(np.ones(200))), np.log(rng.dirichlet(np.ones(64), 200)), 200))
