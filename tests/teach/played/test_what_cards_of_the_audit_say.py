"""What decisions and referee of the feature audit say: signatures, what spoke against them, what a mend does."""

import numpy as np
import pytest

from course_lib.contracts import DAY_S, ArgumentError
from course_lib.stages.ranking.signed_audit import SOUND, audited
from course_lib.teach.cards.feature_audit import how_fresh, not_known_yet, signed
from course_lib.teach.played.playing import play_out
from course_lib.teach.played.referee import judge_part
from course_lib.world import feed, policies


def test_a_signature_holds_what_is_not_kept_in_the_order_of_the_cards():
    given = {"dwell_s": " Drop ", "title_length": "keep", "item_ctr": "rebuild"}
    assert list(signed.Signature().read(given).items()) == [("item_ctr", "rebuild"), ("dwell_s", "drop")]
    assert signed.Signature().read({}) == {}


@pytest.mark.parametrize("given", [None, "drop", {"dwell": "drop"}, {"dwell_s": "burn"}, {"dwell_s": ["drop"]}])
def test_a_signature_that_is_none_is_told(given):
    with pytest.raises(ArgumentError):
        signed.Signature().read(given)


def test_a_signature_the_other_way_round_is_told_as_such():
    with pytest.raises(ArgumentError, match="each feature with its verdict"):
        signed.Signature().read({"drop": ["dwell_s", "position"]})


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


def test_a_mend_that_leaves_a_gap_is_right_and_one_that_looks_an_hour_ahead_is_not():
    held = not_known_yet.UNKNOWN
    for part in (lambda bought, back, now: back < now - DAY_S,
                 lambda bought, back, now: back < np.floor(now / DAY_S) * DAY_S):
        judged = judge_part(held, part, {})
        assert judged.status == "right" and "nightly" in judged.says
    for part, mistake in ((lambda bought, back, now: back <= now + 3600, "known an hour ahead"),
                          (lambda bought, back, now: (bought < now) & (back < bought.max()), "known by the end"),
                          (lambda bought, back, now: bought < now - 28 * DAY_S, "nothing counted")):
        assert judge_part(held, part, {}).mistake == mistake


def test_each_kind_of_fault_but_the_skews_costs_beyond_chance_where_it_is_left_in():
    played = play_out(signed.SIGNED, signed.REPAIRED, {"feed": feed, "policies": policies})
    assert played.best == "repair each by its fault"
    unclear = [name for name, regret in played.regret.items() if name not in ("", played.best) and regret.low <= 0]
    assert unclear == ["repair all but the skews"]


def test_drift_by_psi_names_no_fault_for_every_feature_exceeds_its_noise():
    table = audited(signed.found(101, feed, policies))
    held = table[table["psi"].notna()]
    assert (held["psi"] > held["psi_noise"].astype(float)).all()
    assert {SOUND[name] for name in held.index} == {"keep", "rebuild", "refresh"}
