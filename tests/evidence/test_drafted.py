"""What interleaving saves: less where the A/B test knows its users, and the draft is the caller's."""

import numpy as np

from course_lib.evidence import drafted, interleave


def setting():
    rng = np.random.default_rng(0)
    chance = rng.uniform(0.02, 0.4, (80, 30)) * rng.gamma(2, 0.5, (80, 1)).clip(0.2, 2)
    lists = {name: np.argsort(-(chance + noise * rng.normal(size=chance.shape)), axis=1)[:, :10]
             for name, noise in (("a", 0.02), ("b", 0.3))}
    return lists, chance, 1 / np.arange(1, 11), rng.poisson(5, 80)


def test_it_saves_more_the_more_often_people_come_and_less_against_a_test_that_knows_them():
    lists, chance, look, visits = setting()
    saved = drafted.users_saved(lists, chance, look, visits, [0, 50], interleave.team_draft)
    few, many = saved[0][0], saved[50][0]
    assert many[0] > few[0] > 1 and many[1] < many[0] / 2 and many[2] == 1


def test_the_draft_of_the_caller_decides():
    lists, chance, look, visits = setting()

    def all_to_a(a, b, slate_size, coin):
        return interleave.team_draft(a, b, slate_size, coin)[0], np.zeros((len(a), slate_size), int)

    fair, unfair = (drafted.users_saved(lists, chance, look, visits, [5], draft)[5][0]
                    for draft in (interleave.team_draft, all_to_a))
    assert fair[0] != unfair[0]


def test_three_rankers_make_three_pairs():
    lists, chance, look, visits = setting()
    saved = drafted.users_saved(lists | {"c": lists["a"][:, ::-1]}, chance, look, visits, [1], interleave.team_draft)
    assert saved[1].shape == (3, 3)
