"""More wrong answers to lessons on ranking and re-ranking, as a second reader wrote them from the notebooks alone."""

import numpy as np
import pytest

from course_lib.stages.reranking import suspects
from course_lib.teach import cards
from course_lib.teach.cards.ranker import listwise_lost
from course_lib.teach.cards.reranker import looked_at, suspects_hidden, unequal_price
from course_lib.teach.checking.check import check
from course_lib.teach.played.referee import judge_part


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


def _click_weight(weight):
    def answer(position, click, examination, clip=20.0):
        rows = zip(position.tolist(), click, strict=True)
        return np.array([weight(examination, k - 1, clip) if c else 1.0 for k, c in rows])
    return answer


def _request(value):
    """The mean over requests with both labels of value(scores, labels)."""
    def answer(score, label, group):
        both = [g for g in sorted(set(group.tolist())) if 0 < label[group == g].mean() < 1]
        return sum(value(score[group == g], label[group == g]) for g in both) / len(both)
    return answer


def _won(good, bad):
    apart = np.subtract.outer(np.atleast_1d(good), np.atleast_1d(bad))
    return np.mean(np.heaviside(apart, 0.5))


def among_all_that_was_not_clicked(score, label, group):
    asked = sorted(set(group[label == 1].tolist()))
    return np.mean([_won(score[(group == g) & (label == 1)], score[label == 0]) for g in asked])


def down_to_the_first_click(s, y):
    for place, row in enumerate(sorted(range(len(s)), key=lambda row: -s[row]), start=1):
        if y[row]:
            return 1 / place


def _slate(likeness):
    """Slots filled one by one; likeness(similarity to what stands above, from the top) → float."""
    def answer(relevance, similarity, k, trade_off=0.7):
        page, left = [], list(range(len(relevance)))
        while left and len(page) < k:
            like = [likeness(similarity[i, page]) if page else 0 for i in left]
            value = trade_off * relevance[left] - (1 - trade_off) * np.array(like)
            page.append(left.pop(int(np.argmax(value))))
        return np.array(page)
    return answer


def weighed_down_at_each_slot(relevance, similarity, k, trade_off=0.7):
    value, page = relevance.astype(float).copy(), []
    while len(page) < min(k, len(relevance)):
        page.append(int(value.argmax()))
        value = trade_off * value - (1 - trade_off) * similarity[:, page[-1]]
        value[page] = -np.inf
    return np.array(page)


def nothing_alike_until_the_end(relevance, similarity, k, trade_off=0.7):
    page, passed = [], []
    for i in np.argsort(-relevance, kind="stable"):
        (passed if any(similarity[i, j] >= 0.8 for j in page) else page).append(i)
    return np.array((page + passed)[:k])


def _chances(fill):
    def answer(gain, allowed, explore):
        ranked = sorted(np.flatnonzero(allowed), key=lambda i: -gain[i])
        out = np.zeros(len(gain))
        fill(out, ranked, np.flatnonzero(~np.asarray(allowed)), explore)
        return out
    return answer


def to_the_second(out, ranked, closed, explore):
    out[ranked[0]] += 1 - explore
    out[ranked[1] if len(ranked) > 1 else ranked[0]] += explore


def one_after_another(out, ranked, closed, explore):
    left = 1.0
    for i in ranked:
        out[i], left = left * (1 - explore), left * explore
    out[ranked[-1]] += left


def either_or_both(out, ranked, closed, explore):
    out[ranked] = explore / len(ranked)
    out[ranked[0]] = 1 - explore * (1 - explore / len(ranked))


def to_the_closed(out, ranked, closed, explore):
    out[closed] = explore / max(len(closed), 1)
    out[ranked[0]] += 1 - explore


def _money(worth):
    def answer(p_sale, margin, p_return, return_cost, stock, demand):
        gets = np.array([min(1.0, s / d) if d > 0 else float(s > 0) for s, d in zip(stock, demand, strict=True)])
        return worth(p_sale, margin, p_return, return_cost, stock, demand, gets)
    return answer


def _kept(m, r, cost):
    return m - r * (m + cost)


def _page(join, at=lambda place, item: item):
    """Items that are inside the limit, held back and sold out, joined; at(place, item): where the arrays are read."""
    def answer(order, status, left, creator, most, k):
        inside, held, gone, count = [], [], [], {}
        for place, item in enumerate(order):
            read = at(place, item)
            if status[read] != 1:
                continue
            c = creator[read]
            if left[read] == 0:
                gone.append(item)
            elif c == -1 or count.get(c, 0) < most:
                inside.append(item)
                count[c] = count.get(c, 0) + 1
            else:
                held.append(item)
        page = join(inside, held, gone)[:k]
        return np.array(page + [-1] * (k - len(page)))
    return answer


def ends_where_one_is_over(order, status, left, creator, most, k):
    page, count = [], {}
    for item in order:
        if status[item] == 1 and left[item] != 0:
            c = creator[item]
            count[c] = count.get(c, 0) + 1
            if c != -1 and count[c] > most:
                break
            page.append(item)
    return np.array((page[:k] + [-1] * k)[:k])


WRITTEN = [
    ("ranker.1", _click_weight(lambda e, k, clip: min(e.mean() / e[k], clip)), "chances over their mean"),
    ("ranker.1", _click_weight(lambda e, k, clip: 1 / (e[k] + 1 / clip)), "the chance raised by 1 / clip"),
    ("ranker.2", _request(lambda s, y: _won(s[y == 1].min(), s[y == 0])), "worst click alone"),
    ("ranker.2", _request(lambda s, y: _won(s[np.argmax(y)], s[y == 0])), "first click alone"),
    ("ranker.2", _request(lambda s, y: _won(s[y == 1].mean(), s[y == 0].mean())), "means compared, ties half"),
    ("ranker.2", _request(lambda s, y: (s[y == 1] > s[y == 0].mean()).mean()), "clicks above the mean of the others"),
    ("ranker.2", _request(down_to_the_first_click), "place of the first click"),
    ("ranker.2", among_all_that_was_not_clicked, "others of all requests"),
    ("ranker.4", lambda p, keep_rate: 1 - (1 - p) ** keep_rate, "power of 1 − p"),
    ("reranker.1", _slate(lambda s: s[-3:].max()), "the last three"),
    ("reranker.1", _slate(np.median), "median of likenesses"),
    ("reranker.1", _slate(lambda s: np.mean(sorted(s)[-2:])), "mean of the two nearest"),
    ("reranker.1", _slate(lambda s: (s @ s / len(s)) ** 0.5), "root of the mean square"),
    ("reranker.1", _slate(lambda s: (s @ s) ** 0.5), "length of the likenesses"),
    ("reranker.1", weighed_down_at_each_slot, "λ at each slot again"),
    ("reranker.1", nothing_alike_until_the_end, "copies skipped, 0.8"),
    ("reranker.5", _chances(to_the_second), "the lot to the second best"),
    ("reranker.5", _chances(one_after_another), "down the list"),
    ("reranker.5", _chances(either_or_both), "either or both"),
    ("reranker.5", _chances(to_the_closed), "lot among what is not allowed"),
    ("reranker.7", _money(lambda p, m, r, c, s, d, gets: (p * m - r * (m + c)) * gets), "returns of all showings"),
    ("reranker.7", _money(lambda p, m, r, c, s, d, gets: p * (1 - r) * (m - r * c) * gets),
     "handling off the margin first"),
    ("reranker.7", _money(lambda p, m, r, c, s, d, gets: p * _kept(m, r, c) * (s > d)), "pieces for all and one over"),
    ("reranker.7", _money(lambda p, m, r, c, s, d, gets: p * _kept(m, r, c) * np.maximum(s - d, 0) / np.maximum(s, 1)),
     "what is left over"),
    ("reranker.7", _money(lambda p, m, r, c, s, d, gets: p * (_kept(m, r, c) * gets - c * (1 - gets))),
     "handling of sales missed"),
    ("reranker.7", _money(lambda p, m, r, c, s, d, gets: p * _kept(m, r, c) * gets * s), "times the stock"),
    ("reranker.7", _money(lambda p, m, r, c, s, d, gets: np.minimum(p * d, s) * _kept(m, r, c)), "all that is sold"),
    ("reranker.8", _page(lambda inside, held, gone: inside + held + gone), "sold out at the end"),
    ("reranker.8", _page(lambda inside, held, gone: inside + held, at=lambda place, item: place), "all by place"),
    ("reranker.8", _page(lambda inside, held, gone: inside + held[:1]), "one held back alone"),
    ("reranker.8", ends_where_one_is_over, "ends at the first held back"),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("card_id", "fn", "mistake"), WRITTEN, ids=[f"{held[0]}: {held[2]}" for held in WRITTEN])
def test_a_wrong_ranking_as_it_is_written_is_told_its_cause(card_id, fn, mistake):
    result = check(cards.card(card_id), fn)
    assert (result.status, result.known, result.mistake) == ("wrong", True, mistake)


@pytest.mark.parametrize(("columns", "mistake"), [
    (lambda features, position: np.hstack([features, np.eye(11)[position][:, 1:]]), "a column for each position"),
    (lambda features, position: np.column_stack([features, np.where(position > 3, 3, position)]),
     "the first three kept apart"),
    (lambda features, position: np.column_stack([features, features * position[:, None]]),
     "features, and the same by position")])
def test_position_that_is_still_among_the_columns_is_told(columns, mistake):
    assert judge_part(listwise_lost.LISTWISE, columns, {}).mistake == mistake


@pytest.mark.parametrize(("compared", "mistake"), [
    (lambda lost, gained, usual: gained[np.searchsorted(lost, 0.05)], "the first weight over the price"),
    (lambda lost, gained, usual: gained[np.searchsorted(lost, 0.05) - 1], "the last weight within the price"),
    (lambda lost, gained, usual: np.interp(5, lost, gained), "the strongest weight"),
    (lambda lost, gained, usual: gained[usual] - lost[usual], "gain less loss"),
    (lambda lost, gained, usual: gained[lost <= 0.05].mean(), "the mean within the price")])
def test_a_reading_that_is_not_at_the_price_is_told(compared, mistake):
    assert judge_part(unequal_price.UNEQUAL, compared, {}).mistake == mistake


def test_decision_on_suspects_says_how_many_slots_there_are():
    """Without it nobody can tell what an item that is hidden makes room for."""
    assert suspects.SLOTS == 10 and "Of ten slots," in suspects_hidden.HIDDEN.task


@pytest.mark.parametrize(("decision", "choice", "said"), [
    (suspects_hidden.HIDDEN, {"feed_hide": 0.012, "shop_hide": 0.15, "short": "bend the limit"}, "ninety others wait"),
    (looked_at.PAUSE, {"feed_days": 9, "shop_days": 0}, "the best rest")])
def test_a_choice_that_costs_more_than_a_hundredth_is_told_why(decision, choice, said):
    assert said in decision.against(choice)
