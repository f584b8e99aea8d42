"""Decision 9.5: which number a model is chosen by, in a feed whose log a policy wrote and in a shop."""

from functools import cache

from course_lib.evidence.number_that_chooses import feed_kept, share_of_best, shop_kept
from course_lib.teach.definitions.choice import Fields, Options, TheSame
from course_lib.teach.definitions.decision import Decision

NUMBERS = {"what came": "the log's rewards on the items that the model would show",
           "weighted": "the same, each divided by how often the item was shown",
           "random slots": "rewards on those items in random slots (1% as many)"}
MAKERS = {"feed": feed_kept, "shop": shop_kept}
SPOKE = {
    ("feed", "what came"): "In the feed an item has many clicks since the policy showed it often: a model that repeats the policy looks best.",
    ("feed", "weighted"): "In the feed three items in ten were never shown, so no weight brings them back: a model that finds them looks worse than it is.",
    ("shop", "weighted"): "In the shop people made the showings by searching: divided by them, what many want counts no more than what few want.",
    ("shop", "random slots"): "In the shop 2,000 random slots bring a few dozen sales over 400 articles, next to none on ten of them: noise chooses.",
}


@cache
def _worth(system, seed, number):
    return share_of_best(MAKERS[system](seed), number)


def play(choice, seed) -> float:
    """Mean of the two systems: what the chosen model is worth, as a share of the best of the twelve."""
    return (_worth("feed", seed, choice["feed"]) + _worth("shop", seed, choice["shop"])) / 2


CHOSEN = Decision(
    id="metric_stack.5", title="The number that chooses", minutes=8, difficulty=3, used_in=("{{experiments}}", "{{launch}}"),
    task="One of twelve models goes on to a test. **Feed:** a policy filled three million slots by clicks so far; three items in ten were never shown. "
         "**Shop:** 200,000 slots hold what people searched for; two showings in a hundred sell.",
    choice=Fields({"feed": Options(NUMBERS), "shop": TheSame(NUMBERS)}),
    policies={"what came in both": {"feed": "what came", "shop": "what came"},
              "weighted in both": {"feed": "weighted", "shop": "weighted"},
              "random slots in both": {"feed": "random slots", "shop": "random slots"},
              "by who chose": {"feed": "random slots", "shop": "what came"}},
    play=play, unit="share of the best model's worth, mean of both systems", spec=".3f", until_chosen="what came in both", seeds=tuple(range(101, 125)),
    against=lambda choice: " ".join(SPOKE[pair] for pair in choice.items() if pair in SPOKE and SPOKE[pair]),
    why="A log holds wanting times showing. In the feed the *policy* showed, so its choice has to go: random slots do that, and at this traffic they are "
        "plenty. Weights do nearly as well, for what was shown at all; an item without a showing counts as one that nobody wants (a false "
        "negative). In the shop *people* made the showings, so what came is what they want, and at 2% sales a percent of so little traffic "
        "says nothing. Both logs are made up. In a shop, add what the first month leaves out: "
        "returns. To place a service on the axis of clickbait takes clicks, satisfaction and random slots in one log; of public logs "
        "KuaiRand comes near. In a service, survey a sample, correcting for who answers, or take returns and long reads as labels.")
