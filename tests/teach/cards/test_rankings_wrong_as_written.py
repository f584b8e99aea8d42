"""Wrong rankings and slates as a reader wrote them from the notebooks alone: each is told its cause.

A known mistake in tidier code gives another answer here and there, so that these were not recognised.
"""

import numpy as np
import pytest

from course_lib.stages.reranking import pauses
from course_lib.teach import cards
from course_lib.teach.cards.reranker import looked_at, unequal_price
from course_lib.teach.checking.check import check
from course_lib.teach.played.referee import judge_part


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


def scaled_to_the_clip(position, click, examination, clip=20.0):
    w = 1 / examination[position - 1]
    w = w * clip / w.max()
    return np.where(click == 1, w, 1.0)


def _inside(value):
    """The mean over requests with both labels of value(scores, labels); None leaves a request out."""
    def answer(score, label, group):
        each = []
        for g in np.unique(group):
            s, y = score[group == g], label[group == g]
            if 0 < y.sum() < len(y):
                each.append(value(s, y))
        each = [own for own in each if own is not None]
        return np.mean(each) if each else np.nan
    return answer


def _ranked(rank):
    def value(s, y):
        p, n = y.sum(), (1 - y).sum()
        return (rank(s)[y == 1].sum() - p * (p + 1) / 2) / (p * n)
    return _inside(value)


def _apart(s, y):
    return s[y == 1][:, None] - s[y == 0][None]


def _untied(otherwise):
    def value(s, y):
        d = _apart(s, y)
        return (d > 0).sum() / (d != 0).sum() if (d != 0).any() else otherwise
    return _inside(value)


def concordant_of_all_rows(s, y):
    d, e = s[:, None] - s[None], y[:, None] - y[None]
    return ((d * e) > 0).sum() / (len(s) * (len(s) - 1))


def standardised_then_pooled(score, label, group):
    z = np.zeros(len(score))
    for g in np.unique(group):
        s = score[group == g]
        z[group == g] = (s - s.mean()) / (s.std() or 1)
    d = _apart(z, label)
    return ((d > 0) + 0.5 * (d == 0)).mean()


def odds_with_a_little(p, keep_rate):
    odds = p / (1 - p + 1e-9) * keep_rate
    return odds / (1 + odds)


def _slate(gain, pick=np.argmax, near=lambda held, similarity: np.maximum(held, similarity), first=np.zeros):
    def answer(relevance, similarity, k, trade_off=0.7):
        n = len(relevance)
        best, free, out = first(n), np.ones(n, bool), []
        while len(out) < min(k, n):
            i = pick(np.where(free, gain(relevance, best, trade_off), -np.inf))
            out.append(i)
            free[i] = False
            best = near(best, similarity[i])
        return np.array(out)
    return answer


def _weighed(relevance, near, w):
    return w * relevance - (1 - w) * near


def stretched_where_it_can_be(relevance, similarity, k, trade_off=0.7):
    span = np.ptp(relevance)
    return _slate(_weighed)((relevance - relevance.min()) / (span if span else 1), similarity, k, trade_off)


def sorted_once(relevance, similarity, k, trade_off=0.7):
    order, value = np.argsort(-relevance, kind="stable"), np.zeros(len(relevance))
    for rank, i in enumerate(order):
        like = max(similarity[i, order[:rank]].max(), 0) if rank else 0
        value[i] = trade_off * relevance[i] - (1 - trade_off) * like
    return np.argsort(-value, kind="stable")[:min(k, len(relevance))]


def unlike_what_is_left(relevance, similarity, k, trade_off=0.7):
    free, out = list(range(len(relevance))), []

    def value(i):
        rest = [j for j in free if j != i]
        return trade_off * relevance[i] - (1 - trade_off) * (max(similarity[i, rest].max(), 0) if rest else 0)
    while len(out) < min(k, len(relevance)):
        out.append(max(free, key=value))
        free.remove(out[-1])
    return np.array(out)


def _lot(best):
    def answer(gain, allowed, explore):
        p = np.where(allowed, explore / allowed.sum(), 0.0)
        best(p, np.where(allowed, gain, -np.inf), gain, allowed, 1 - explore)
        return p
    return answer


def each_of_equals(p, closed, gain, allowed, rest):
    p[closed == closed.max()] += rest


def all_that_gain_as_much(p, closed, gain, allowed, rest):
    p[gain == gain[allowed].max()] += rest


def last_of_the_sorted(p, closed, gain, allowed, rest):
    p[np.argsort(closed)[-1]] += rest


def what_is_missed_to_the_best(gain, allowed, explore):
    p = np.where(allowed, explore / len(gain), 0.0)
    p[np.argmax(np.where(allowed, gain, -np.inf))] += 1 - p.sum()
    return p


def in_an_array_like_allowed(gain, allowed, explore):
    p = np.zeros_like(allowed)
    p[allowed] = explore / allowed.sum()
    p[np.argmax(np.where(allowed, gain, -np.inf))] += 1 - explore
    return p


def returned_pieces_are_sold_again(p_sale, margin, p_return, return_cost, stock, demand):
    d = demand * (1 - p_return)
    get = np.where(d > 0, np.minimum(1, stock / np.where(d > 0, d, 1)), stock > 0)
    return p_sale * get * ((1 - p_return) * margin - p_return * return_cost)


def _page(step, join):
    """The page in one pass: step(item, maker, count, status, left, most) → the list that the item goes on, or None."""
    def answer(order, status, left, creator, most, k):
        lists, count = {name: [] for name in ("page", "held", "last")}, {}
        for i in order:
            c = creator[i]
            name = step(c, count.get(c, 0), status[i], left[i], most)
            if name:
                lists[name].append(i)
            if name == "page":
                count[c] = count.get(c, 0) + 1
        page = join(lists, k)[:k]
        return np.array(page + [-1] * (k - len(page)))
    return answer


def _in_turn(lists, k):
    return lists["page"][:k] + lists["held"] + lists["last"]


def _over(c, count, most):
    return "held" if c != -1 and count >= most else "page"


def not_looked_at_comes_last(c, count, status, left, most):
    if status == 0 or left == 0:
        return None
    return "last" if status == -1 else _over(c, count, most)


def without_nobodys(c, count, status, left, most):
    return None if status != 1 or left == 0 or c == -1 else _over(c, count, most)


def nobodys_with_those_held_back(c, count, status, left, most):
    return None if status != 1 or left == 0 else "held" if c == -1 else _over(c, count, most)


def limit_raised_by_one_at_a_time(order, status, left, creator, most, k):
    open_ = [i for i in order if status[i] == 1 and left[i] != 0]
    page, count, cap = [], {}, most
    while len(page) < min(k, len(open_)):
        for i in open_:
            c = creator[i]
            if len(page) < k and i not in page and (c == -1 or count.get(c, 0) < cap):
                page.append(i)
                count[c] = count.get(c, 0) + 1
        cap += 1
    return np.array(page + [-1] * (k - len(page)))


def no_limit_where_it_leaves_slots(order, status, left, creator, most, k):
    open_, page, count = [i for i in order if status[i] == 1 and left[i] != 0], [], {}
    for i in open_:
        c = creator[i]
        if c == -1 or count.get(c, 0) < most:
            page.append(i)
            count[c] = count.get(c, 0) + 1
    page = (page if len(page) >= k else open_)[:k]
    return np.array(page + [-1] * (k - len(page)))


WRITTEN = [
    ("ranker.1", scaled_to_the_clip, "scaled to the clip"),
    ("ranker.2", _ranked(lambda s: s.argsort().argsort() + 1), "ties as np.argsort leaves them"),
    ("ranker.2", _ranked(lambda s: np.unique(s, return_inverse=True)[1] + 1), "dense ranks"),
    ("ranker.2", _ranked(lambda s: np.array([(s <= one).sum() for one in s])), "highest ranks"),
    ("ranker.2", _ranked(lambda s: np.array([(s < one).sum() + 1 for one in s])), "lowest ranks"),
    ("ranker.2", _untied(None), "ties and tied requests left out"),
    ("ranker.2", _untied(0.5), "ties left out, all tied as 0.5"),
    ("ranker.2", _inside(concordant_of_all_rows), "all pairs of rows, ties lose"),
    ("ranker.2", standardised_then_pooled, "pooled, standardised"),
    ("ranker.4", odds_with_a_little, "1e-09 added to 1 − p"),
    ("reranker.1", _slate(_weighed, pick=lambda gain: gain.argsort()[-1]), "ties as np.argsort leaves them"),
    ("reranker.1", _slate(lambda r, near, w: r * (1 - (1 - w) * near)), "relevance less a part of it"),
    ("reranker.1", _slate(lambda r, apart, w: w * r - (1 - w) * (1 - apart), first=np.ones,
                          near=lambda apart, s: apart * (1 - np.maximum(s, 0))), "chance of being like any"),
    ("reranker.1", stretched_where_it_can_be, "relevance rescaled, equals to 0"),
    ("reranker.1", sorted_once, "likeness to the more relevant"),
    ("reranker.1", unlike_what_is_left, "likeness to the open"),
    ("reranker.5", _lot(each_of_equals), "1 − explore to each of equals"),
    ("reranker.5", _lot(all_that_gain_as_much), "1 − explore to each of equals, whosesoever"),
    ("reranker.5", _lot(last_of_the_sorted), "ties as np.argsort leaves them"),
    ("reranker.5", what_is_missed_to_the_best, "lots that miss go to the best"),
    ("reranker.5", in_an_array_like_allowed, "an array of True and False"),
    ("reranker.7", returned_pieces_are_sold_again, "what came back is sold again"),
    ("reranker.8", _page(not_looked_at_comes_last, _in_turn), "not looked at at the end"),
    ("reranker.8", _page(without_nobodys, _in_turn), "nobody's items left out"),
    ("reranker.8", _page(nobodys_with_those_held_back, _in_turn), "nobody's items last"),
    ("reranker.8", limit_raised_by_one_at_a_time, "held back in turns"),
    ("reranker.8", no_limit_where_it_leaves_slots, "limit dropped where short"),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("card_id", "fn", "mistake"), WRITTEN, ids=[f"{held[0]}: {held[2]}" for held in WRITTEN])
def test_a_wrong_ranking_as_it_is_written_is_told_its_cause(card_id, fn, mistake):
    result = check(cards.card(card_id), fn)
    assert (result.status, result.known, result.mistake) == ("wrong", True, mistake)


@pytest.mark.parametrize(("compared", "mistake"), [
    (lambda lost, gained, usual: gained[usual] / lost[usual], "gain for each unit of loss, as it is"),
    (lambda lost, gained, usual: gained[int(np.argmin(np.abs(lost - 0.05)))], "the nearest weight"),
    (lambda lost, gained, usual: float(gained[lost <= 0.05].max()), "the most within the price")])
def test_a_price_that_is_not_the_same_for_both_is_told(compared, mistake):
    assert judge_part(unequal_price.UNEQUAL, compared, {}).mistake == mistake


def test_the_first_weight_loses_nothing_as_the_signature_says():
    seen = []

    def compared(lost, gained, usual):
        seen.append(lost[0])
        return unequal_price.at_one_price(lost, gained, usual)
    unequal_price.measure(compared)
    assert set(seen) == {0.0} and "(the first 0)" in unequal_price.UNEQUAL.signature


def test_decision_on_pauses_says_how_many_items_a_page_has():
    """Without it nobody can tell for how many days sixty candidates last."""
    assert pauses.SLOTS == 10 and "A page has ten." in looked_at.PAUSE.task


def test_likeness_to_the_open_is_a_slate_and_no_error():
    known = next(held for held in cards.card("reranker.1").mistakes if held.name == "likeness to the open")
    relevance, similarity = np.array([1.0, 0.95, 0.5]), np.array([[9.0, 0.9, 0.0], [0.9, 9.0, 0.1], [0.0, 0.1, 9.0]])
    assert list(known.wrong(relevance, similarity, 2, trade_off=0.5)) == [2, 0]
