"""What decisions and referee of the feature audit say: signatures, what spoke against them, what a mend does."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.stages.ranking.signed_audit import SOUND
from course_lib.teach.cards.feature_audit import how_fresh, not_known_yet, signed


def test_a_signature_holds_what_is_not_kept_in_the_order_of_the_cards():
    given = {"dwell_s": " Drop ", "title_length": "keep", "item_ctr": "rebuild"}
    assert list(signed.Signature().read(given).items()) == [("item_ctr", "rebuild"), ("dwell_s", "drop")]
    assert signed.Signature().read({}) == {}


@pytest.mark.parametrize("given", [None, "drop", {"dwell": "drop"}, {"dwell_s": "burn"}, {"dwell_s": ["drop"]}])
def test_a_signature_that_is_none_is_told(given):
    with pytest.raises(ArgumentError):
        signed.Signature().read(given)


def test_nothing_speaks_against_the_sound_audit_and_each_mistake_has_its_sentence():
    assert signed.SIGNED.spoke_against(signed.REPAIRED) == ""
    for name, sound in SOUND.items():
        for verdict in signed.PRICE:
            told = signed.SIGNED.spoke_against(signed.Signature().read({**signed.REPAIRED, name: verdict}))
            assert (told == "") == (verdict == sound) and (verdict == sound or f"`{name}`" in told)


def test_in_the_shop_and_in_the_feed_other_refreshes_are_spoken_against():
    assert how_fresh.FRESH.spoke_against({"feed": "hourly", "shop": "weekly"}) == ""
    assert "feed" in how_fresh.FRESH.spoke_against({"feed": "weekly", "shop": "weekly"})
    assert "shop" in how_fresh.FRESH.spoke_against({"feed": "hourly", "shop": "live"})


def test_a_mend_written_otherwise_is_right():
    held = not_known_yet.UNKNOWN
    want = held.measure(held.reference)
    for part in (lambda bought, back, now: np.less(back[None, :], now),
                 lambda bought, back, now: (bought < now) & (back < now),
                 lambda bought, back, now: ~(back >= now)):
        assert held.agrees(held.measure(part), want)
