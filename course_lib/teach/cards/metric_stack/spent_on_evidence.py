"""Decision 9.6: how a month of traffic is spent on thirty candidates: offline, interleaving, A/B tests."""

from functools import cache

from course_lib.evidence.month_of_tests import month
from course_lib.teach.definitions.choice import Fields, Number
from course_lib.teach.definitions.decision import Decision


@cache
def _shipped(keep, share, tests, seed):
    return float(month(keep, share, tests, seed).mean())


def play(choice, seed) -> float:
    """Mean true lift that a month ships, in percent, over two thousand months."""
    return _shipped(choice["keep"], choice["share"], choice["tests"], seed)


def _against(choice):
    keep, share, tests = choice["keep"], choice["share"], min(choice["tests"], choice["keep"])
    told = []
    if keep < 10:
        told.append(f"The offline metric correlates at 0.5 with the truth: the best of thirty is often not among its first {keep}.")
    if share == 0:
        told.append("Nothing was interleaved: of what offline kept, only costly tests tell good from bad.")
    if share > 0.45:
        told.append(f"{share:.0%} of the traffic went into interleaving. What is left for the tests that decide makes their intervals wide, and they hold 0 too often.")
    if keep > 20 and share > 0:
        told.append(f"{keep} candidates share the interleaving, most of which the offline metric had rightly ranked low.")
    if tests > 2:
        told.append(f"{tests} tests share the traffic: the standard error of each is {tests**0.5:.1f} times as large, and the best of many is partly luck.")
    if 0 < share < 0.1:
        told.append("With so little traffic the interleaving is mostly noise.")
    return " ".join(told)


SPENT = Decision(
    id="metric_stack.6", title="A month of evidence", minutes=8, difficulty=3, used_in=("{{experiments}}", "{{launch}}"),
    task="Thirty candidates; true lifts scatter by 1% around −0.5%. The offline metric correlates at 0.5 with them. One A/B test with all of a month's "
         "traffic has a standard error of 0.35%. Interleaving needs a 25th of the users, but what it measures differs from the lift by about 0.4%. How many "
         "does offline keep, what share of the traffic interleaves those, how many share an A/B test of the rest? The best tested one ships if its 95% "
         "interval is above 0.",
    choice=Fields({"keep": Number(1, 30, "candidates", whole=True), "share": Number(0, 0.95, "of the traffic"),
                   "tests": Number(1, 30, "candidates", whole=True)}),
    policies={"test offline's favourite": {"keep": 1, "share": 0, "tests": 1},
              "test offline's best three": {"keep": 3, "share": 0, "tests": 3},
              "test all thirty": {"keep": 30, "share": 0, "tests": 30},
              "interleave all, test one": {"keep": 30, "share": 0.3, "tests": 1},
              "interleave for most of the month": {"keep": 30, "share": 0.9, "tests": 1},
              "each layer halves or more": {"keep": 14, "share": 0.25, "tests": 2}},
    play=play, unit="percent of true lift shipped a month", against=_against, spec=".2f", until_chosen="test offline's favourite",
    seeds=tuple(range(101, 109)),
    why="Each layer pays for what the next one costs. A free metric of correlation 0.5 throws out the worse half and cannot pick the best. Interleaving "
        "sorts a dozen for a quarter of the traffic; its own disagreement with the lift does not shrink with users. The test alone decides, and few "
        "candidates have to share it. The figures are made up; put yours in (`month_of_tests.py`).")
