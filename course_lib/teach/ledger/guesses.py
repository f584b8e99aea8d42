"""How a guess is judged: its direction first, then its size; a share by points, a count by a factor.

A factor says nothing of a change whose sign was wrong, nor of a probability: 98% for 90% is off by a factor of 1.1 and
by eight points. So the claim's unit and band tell what kind of number was guessed, and each kind has its own measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from course_lib.teach.definitions.claim import Claim

CHANGE, RATIO, SHARE, SIGNED_SHARE, AMOUNT = "change", "ratio", "share", "signed share", "amount"
NEUTRAL = {CHANGE: 0.0, RATIO: 1.0, SIGNED_SHARE: 0.0}      # where the direction turns; the others have none
CHANGE_WORDS = ("change", "difference", " less ", " minus ", "correlation", "relative gain", "power of",
                "exponent", "error of", " more ")
SHARE_WORDS = ("of ", "share ", "recall@")
CLOSE_FACTOR, ORDER = 1.25, 3.0
CLOSE_POINTS, FAR_POINTS = 5.0, 20.0
RARE, ODDS = 0.1, 3.0


@dataclass(frozen=True)
class Judged:
    """What came of a guess. says: sentences for the learner. scale: one of CHANGE, RATIO, SHARE, SIGNED_SHARE, AMOUNT.

    held: whether it is right (a range that holds the result, or meets its interval; a number in the interval).
    direction: whether it went the right way, None where there is no direction or the measurement leaves it open.
    points, factor: how far a single number was off; None where that measure does not apply.
    """

    says: str
    scale: str
    held: bool
    direction: bool | None = None
    points: float | None = None
    factor: float | None = None

    def detail(self) -> dict:
        """What the record keeps of it."""
        return {"scale": self.scale, "held": self.held, "direction": self.direction, "points": self.points,
                "factor": self.factor}


def scale_of(claim: Claim) -> str:
    """What kind of number a claim is about, from its unit and its band."""
    unit, (low, high) = claim.unit.strip().lower(), claim.expected
    if unit.startswith("×") or "÷" in unit:
        return RATIO
    if any(word in f" {unit} " for word in CHANGE_WORDS):
        return CHANGE
    if unit.startswith(SHARE_WORDS) or not unit:
        return SHARE if low >= 0 and high <= 1 else SIGNED_SHARE
    return AMOUNT


def judge(claim: Claim, guess, value: float, low: float = math.nan, high: float = math.nan) -> Judged:
    """Hold a guess, a number or [low, high], against what was measured, with its interval where it has one.

    A change or ratio is judged by its direction first, and only a right direction by its size. A share is judged in
    percentage points, anything else by a factor. What lies within the measured interval is right.
    """
    scale = scale_of(claim)
    ends = (value, value) if math.isnan(low) or math.isnan(high) else (low, high)
    mine = tuple(guess) if isinstance(guess, (list, tuple)) else (guess, guess)
    said = f"You said {_told(mine, scale)}; {_told((value, value), scale)} came out."
    no_end_beyond_one = all(abs(end) <= 1 for end in claim.expected if math.isfinite(end))
    if scale in (SHARE, SIGNED_SHARE) and no_end_beyond_one and max(map(abs, mine)) > 1 and abs(value) <= 1:
        return _percent_for_share(claim, mine, value, low, high)
    turned = _direction(scale, mine, ends)
    if mine[0] <= ends[1] and ends[0] <= mine[1]:
        return _right(said, scale, mine, ends, value, turned)
    if turned is False:
        return Judged(f"{said} {_turned(scale, mine, value)}", scale, False, False)
    before = "The direction is right. " if turned else _open(scale, ends)
    if mine[0] < mine[1]:
        side = "below" if value < mine[0] else "above"
        return Judged(f"{said} {before}The result lies {side} your range: next time, ask first what could carry it "
                      "there, and widen the range on that side.", scale, False, turned)
    if scale in (SHARE, SIGNED_SHARE):
        return _by_points(said + f" {before}".rstrip(), scale, mine[0], value, turned)
    return _by_factor(said + f" {before}".rstrip(), scale, mine[0], value, turned)


def _told(parts, scale) -> str:
    shown = [_number(part, scale) for part in parts]
    return shown[0] if parts[0] == parts[1] else f"{shown[0]} to {shown[1]}"


def _number(value, scale) -> str:
    if scale in (SHARE, SIGNED_SHARE):
        return f"{100 * value:.3g}%"
    return f"{value:+.3g}" if scale == CHANGE else f"{value:.3g}×" if scale == RATIO else f"{value:.3g}"


def _sign(ends, scale) -> int:
    """+1 or −1 where both ends lie on one side of the neutral point, else 0."""
    neutral = NEUTRAL[scale]
    return 1 if ends[0] > neutral else -1 if ends[1] < neutral else 0


def _direction(scale, mine, ends) -> bool | None:
    if scale not in NEUTRAL or not _sign(ends, scale):
        return None
    straddles = not _sign(mine, scale) and mine[0] < mine[1]
    return None if straddles else _sign(mine, scale) == _sign(ends, scale)


def _open(scale, ends) -> str:
    if scale in NEUTRAL and not _sign(ends, scale):
        return "The measurement itself does not settle the direction. "
    return ""


def _turned(scale, mine, value) -> str:
    if mine[0] == mine[1] == NEUTRAL[scale]:
        return "You expected no difference, and there is one: look for what makes it before you look at its size."
    words = ("more", "less") if scale == RATIO else ("above zero", "below zero")
    came = words[0] if value > NEUTRAL[scale] else words[1]
    return (f"The direction was the other one: it came out {came}{' than as much' * (scale == RATIO)}. How far off the "
            "size was does not matter then; find out which force you left out.")


def _right(said, scale, mine, ends, value, turned) -> Judged:
    if mine[0] < mine[1]:
        inside = "inside your range" if mine[0] <= value <= mine[1] else (
            "outside your range, but the two intervals meet, so this data cannot tell them apart")
        return Judged(f"{said} That is {inside}.", scale, True, turned)
    where = "exactly right" if ends[0] == ends[1] else "right: your guess lies within the measured interval"
    points = 100 * abs(mine[0] - value) if scale in (SHARE, SIGNED_SHARE) else None
    return Judged(f"{said} That is {where}.", scale, True, turned, points, None if points is not None else _factor(
        mine[0], value))


def _by_points(said, scale, guess, value, turned) -> Judged:
    points = 100 * abs(guess - value)
    if points <= CLOSE_POINTS:
        what = f"You were close: {points:.2g} points too {'high' if guess > value else 'low'}."
    else:
        what = f"You were {points:.0f} points too {'high' if guess > value else 'low'}."
    if points > FAR_POINTS:
        what += " That is another picture of the matter: it is worth saying what you took to be rare, or common."
    return Judged(f"{said} {what}{_odds(guess, value, points)}", scale, False, turned, points)


def _odds(guess, value, points) -> str:
    """For what is rare, or nearly sure, points hide a factor; the odds show it."""
    tail = max(guess, value) < RARE or min(guess, value) > 1 - RARE
    if not tail or points > 100 * RARE or min(guess, value) <= 0 or max(guess, value) >= 1:
        return ""
    odds = (guess / (1 - guess)) / (value / (1 - value))
    times = max(odds, 1 / odds)
    return f" In odds it is a factor of {times:.1f}, which counts where something is this rare." if times > ODDS else ""


def _factor(guess, value) -> float | None:
    return max(guess / value, value / guess) if guess * value > 0 else None


def _by_factor(said, scale, guess, value, turned) -> Judged:
    off = _factor(guess, value)
    if off is None:
        return Judged(f"{said} One of the two is zero, or they have opposite signs, so no factor tells how far apart "
                      f"they are; the difference is {guess - value:+.3g}.", scale, False, turned)
    if off < CLOSE_FACTOR:
        what = f"You were close: off by {100 * (off - 1):.0f}%."
    elif off <= ORDER:
        what = f"The size is off by a factor of {off:.1f}: the right order."
    else:
        what = f"The size is off by a factor of {off:.3g}: look for the step of your estimate that is so much off."
    return Judged(f"{said} {what}", scale, False, turned, None, off)


def _percent_for_share(claim, mine, value, low, high) -> Judged:
    """35 where a share is asked for: read as 35%, and said."""
    scale, far = scale_of(claim), max(mine, key=abs)
    lowest = "0" if scale == SHARE else "−1"
    if abs(far) > 100:
        return Judged(f"You said {far:g}, which no share can be: shares run from {lowest} to 1. "
                      f"{_number(value, SHARE)} came out.", scale, False)
    parts = [part / 100 for part in mine]
    told = judge(claim, parts if parts[0] < parts[1] else parts[0], value, low, high)
    return replace(told, says=f"A share is written from {lowest} to 1, so {far:g} was read as {far / 100:g}. "
                              f"{told.says}")
