"""Dice: keyed, uniform, and the same arithmetic everywhere."""

import numpy as np
from numba import njit
from scipy.stats import kstest, norm

from course_lib.contracts import keyed_uniform
from course_lib.world import dice

BITS = {
    "exp": ["0x1.3da368521902dp-5", "0x1.1aec7b35a00d4p+0", "0x1.122885aaeddaap+10"],
    "log": ["0x1.2dbc55768deb3p+0", "-0x1.26bb1bbb55515p+1", "0x1.f2272ae325a56p+0"],
    "normal": ["-0x1.29c5c463cecf2p+1", "-0x1.0c7e395d14936p-1", "0x1.8b8cbb6ee2822p+1"],
}


@njit
def chained(seed, a, b, c):
    return dice.unit(dice.stir(dice.stir(dice.stir(np.uint64(seed), a), b), c))


def test_kernels_throw_the_dice_of_the_contract():
    for keys in [(1, 2, 3, 4), (0, 0, 0, 0), (2**40, -7, 10**12, 1)]:
        assert chained(*keys) == keyed_uniform(*keys)


def test_own_arithmetic_agrees_with_numpy_and_scipy():
    x = np.linspace(-39, 39, 10_001)
    assert np.allclose(dice.exps(x), np.exp(x), rtol=1e-14, atol=0)
    u = np.random.default_rng(0).random(10_000) + 1e-12
    assert np.allclose(dice.logs(u * 1e6), np.log(u * 1e6), rtol=0, atol=1e-13)
    assert np.allclose(dice.normals(u), norm.ppf(u), atol=1e-7)
    assert np.allclose(dice.exponentials(u), -np.log1p(-u), atol=1e-12)


def test_arithmetic_gives_these_bits_on_every_machine():
    x = np.array([-3.25, 0.1, 7.0])
    assert [v.hex() for v in dice.exps(x).tolist()] == BITS["exp"]
    assert [v.hex() for v in dice.logs(np.abs(x)).tolist()] == BITS["log"]
    assert [v.hex() for v in dice.normals(np.array([0.01, 0.3, 0.999])).tolist()] == BITS["normal"]


def test_dice_are_uniform_and_purposes_independent():
    person = np.arange(20_000)
    look, click = (keyed_uniform(3, 5, person, 7, p) for p in (dice.EXAMINE, dice.CLICK))
    assert kstest(look, "uniform").pvalue > 1e-3 and abs(np.corrcoef(look, click)[0, 1]) < 0.03
    days = keyed_uniform(3, np.arange(20_000), 11, 7, dice.CLICK)
    assert kstest(days, "uniform").pvalue > 1e-3 and abs(np.corrcoef(days[1:], days[:-1])[0, 1]) < 0.03
