"""Seeds out of one seed: the same each time, different by purpose, none a part of another."""

from course_lib.contracts.apart import seed_apart


def test_the_same_each_time_and_other_for_another_purpose_or_seed():
    found = {seed_apart(seed, *purpose) for seed in (0, 7, 7 + 2**31, 7 + 1_000_003, 2**62)
             for purpose in ((), ("split",), ("split", "a"), ("split", "a", "b"), ("split", "ab"), ("incumbent",))}
    assert len(found) == 30 and seed_apart(7, "split") == seed_apart(7, "split")
    assert all(0 <= one < 2**63 for one in found) and max(found) > 2**61


def test_no_bits_of_the_seed_stand_in_it():
    """Seeds that share their lower bits have nothing in common: half of all bits differ, as by chance."""
    apart = [(seed_apart(low, "incumbent") ^ seed_apart(low + 2**31, "incumbent")).bit_count() for low in range(200)]
    assert 30 < sum(apart) / len(apart) < 33 and min(apart) > 10
