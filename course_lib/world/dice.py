"""Dice keyed by (seed, day, person, item, purpose), and arithmetic that gives the same bits on every machine.

A number depends on its keys alone, so a person shown the same item on the same day does the same under any policy,
in any batch. `stir` chains keys exactly as `contracts.keyed_uniform` does; `exp`, `log` and `normal` use only
+ - * / and sqrt, because the exp and log of numpy and libm differ in the last bit between processors.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

# Purposes: the last key. A purpose is never used for two things.
(SESSIONS, START, DEVICE, MOOD, MOOD_CATEGORY, GAP, STAY, EXAMINE, CLICK, SATISFY, DWELL, SHARE, REPORT, BUY, BUY_DELAY,
 RETURN, RETURN_DELAY, ARRIVAL, LEAVE, ACCEPT, BOT, SLOT_ARM, POLICY, CLICK_TIME) = range(101, 125)
PERSON_TRAIT, ITEM_TRAIT, CREATOR_TRAIT, CATEGORY_TRAIT, CLUSTER_TRAIT, TREND, RACE = range(201, 208)

_GOLD, _MIX_A, _MIX_B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_POW2 = 2.0 ** np.arange(-64, 65)
_LOG2E, _LN2_HIGH, _LN2_LOW = 1.4426950408889634, 0.693147180369123816490, 1.90821492927058770002e-10


@njit(inline="always", cache=True)
def stir(state, key):
    """The next state (uint64) after one more key (int)."""
    state = state + np.uint64(key) * _GOLD
    state = (state ^ (state >> _S30)) * _MIX_A
    state = (state ^ (state >> _S27)) * _MIX_B
    return state ^ (state >> _S31)


@njit(inline="always", cache=True)
def unit(state):
    """A state as a number in [0, 1)."""
    return np.float64(state >> _S11) * 1.1102230246251565e-16


@njit(inline="always", cache=True)
def exp(x):
    """e^x for x clipped to [-40, 40]; relative error below 1e-14."""
    x = min(max(x, -40.0), 40.0)
    n = math.floor(x * _LOG2E + 0.5)
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    p = 1.0 + r * (1 / 10.0 + r * (1 / 110.0 + r * (1 / 1320.0)))
    p = 1.0 + r * (1 / 7.0) * (1.0 + r * (1 / 8.0) * (1.0 + r * (1 / 9.0) * p))
    p = 1.0 + r * (1 / 4.0) * (1.0 + r * (1 / 5.0) * (1.0 + r * (1 / 6.0) * p))
    p = 1.0 + r * (1.0 + r * 0.5 * (1.0 + r * (1 / 3.0) * p))
    return p * _POW2[int(n) + 64]


@njit(inline="always", cache=True)
def sigmoid(x):
    """1 / (1 + e^-x)."""
    return 1.0 / (1.0 + exp(-x))


@njit(cache=True)
def log(x):
    """Natural log of x > 0; error below 1e-14."""
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa *= 2.0
        exponent -= 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    series = 1 / 15.0 + z * (1 / 17.0 + z * (1 / 19.0))
    series = 1 / 9.0 + z * (1 / 11.0 + z * (1 / 13.0 + z * series))
    series = 1.0 + z * (1 / 3.0 + z * (1 / 5.0 + z * (1 / 7.0 + z * series)))
    return 2.0 * s * series + exponent * 0.6931471805599453


@njit(cache=True)
def exponential(u):
    """A uniform number in [0, 1) as an exponential one with mean 1."""
    return -log(1.0 - u)


@njit(cache=True)
def _tail(u):
    q = math.sqrt(-2.0 * log(u))
    top = ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q
           + 4.374664141464968) * q + 2.938163982698783
    low = (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q
    return top / (low + 1.0)


@njit(cache=True)
def normal(u):
    """A uniform number in [0, 1) as a standard normal one; normal(0.5) is 0.

    Source: Acklam's rational approximation of the normal quantile, relative error 1.2e-9.
    """
    u = max(u, 1e-16)
    if u < 0.02425:
        return _tail(u)
    if u > 0.97575:
        return -_tail(1.0 - u)
    q = u - 0.5
    r = q * q
    top = (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r
             + 1.383577518672690e+02) * r - 3.066479806614716e+01) * r + 2.506628277459239) * q
    low = ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r
            + 6.680131188771972e+01) * r - 1.328068155288572e+01) * r + 1.0
    return top / low


@njit(cache=True)
def _map_flat(u, kind, out):
    for j in range(len(u)):
        if kind == 0:
            out[j] = normal(u[j])
        elif kind == 1:
            out[j] = exponential(u[j])
        elif kind == 2:
            out[j] = exp(u[j])
        else:
            out[j] = log(u[j])


def _map(x, kind):
    x = np.ascontiguousarray(x, np.float64)
    out = np.empty_like(x)
    _map_flat(x.reshape(-1), kind, out.reshape(-1))
    return out


def normals(u):
    """`normal` of every number of an array."""
    return _map(u, 0)


def exponentials(u):
    """`exponential` of every number of an array."""
    return _map(u, 1)


def exps(x):
    """`exp` of every number of an array."""
    return _map(x, 2)


def logs(x):
    """`log` of every number of an array."""
    return _map(x, 3)


@njit(cache=True)
def unit_rows(x):
    """Rows of x, float64 (N, d), scaled to length 1, summed in a fixed order."""
    out = np.empty_like(x)
    for n in range(x.shape[0]):
        total = 0.0
        for d in range(x.shape[1]):
            total += x[n, d] * x[n, d]
        scale = 1.0 / math.sqrt(total) if total > 0.0 else 0.0
        for d in range(x.shape[1]):
            out[n, d] = x[n, d] * scale
    return out


@njit(cache=True)
def products(a, b):
    """a, float64 (A, d), times the transpose of b, (B, d): (A, B), summed in a fixed order."""
    out = np.zeros((a.shape[0], b.shape[0]))
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            total = 0.0
            for d in range(a.shape[1]):
                total += a[i, d] * b[j, d]
            out[i, j] = total
    return out
