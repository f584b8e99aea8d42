"""Bought clicks: one account is found, an account for every click is not."""

import numpy as np

from course_lib.launch.bought_clicks import buyers_found


def test_what_one_account_does_is_found_and_what_many_do_is_not():
    rng = np.random.default_rng(0)
    owner = rng.integers(0, 20, 3000)
    user = rng.integers(0, 60, 3000)                       # faithful readers: each comes back
    found = [np.mean([buyers_found(rng, user, owner, 20, spread) for _ in range(10)]) for spread in (0.0, 1.0)]
    assert found[0] == 1.0 and found[1] < 0.3
