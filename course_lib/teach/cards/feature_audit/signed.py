"""Decision 8.8: the audit that the learner signs, twenty features with a verdict each, served in a small feed."""

from functools import lru_cache

from course_lib.contracts import ArgumentError
from course_lib.stages.ranking.signed_audit import LINEAGE, SOUND, VERDICTS, as_found, chance_shown
from course_lib.teach.cards.feature_audit.small_feed import week
from course_lib.teach.definitions.choice import shortly
from course_lib.teach.definitions.decision import Decision

PRICE = {"keep": 0.0, "rebuild": 0.5, "refresh": 1.0, "drop": 0.0}     # clicks in a thousand looks
MISTAKEN = {
    ("rebuild", "keep"): "the training value, or the served one, is not what the other side reads",
    ("rebuild", "refresh"): "fresh reads do not mend a value that training gets otherwise",
    ("rebuild", "drop"): "its honest value was worth something",
    ("refresh", "keep"): "what is served is three days old",
    ("refresh", "rebuild"): "its definition was one already, and the job still stands",
    ("refresh", "drop"): "its fresh value was worth something",
    ("drop", "keep"): "the model leans on what no request has",
    ("drop", "rebuild"): "no request has it, however it is computed",
    ("drop", "refresh"): "no request has it, however fresh",
    ("keep", "rebuild"): "nothing was wrong with it, and work has its price",
    ("keep", "refresh"): "it was fresh already, and a stream has its price",
    ("keep", "drop"): "nothing was wrong with it: what it knew is gone",
}


class Signature:
    """A verdict for each feature that is not to be kept: {feature: verdict}."""

    def read(self, given) -> dict:
        """The verdicts other than keep, in the order of the cards."""
        form = f'a dict such as {{"title_length": "drop"}}, verdicts {", ".join(VERDICTS)}'
        if not isinstance(given, dict):
            raise ArgumentError(f"{shortly(given)} was given; expected {form}.")
        if given and all(name in VERDICTS for name in given):
            raise ArgumentError(f"{shortly(given)} names features by verdict; expected each feature with its verdict, {form}.")
        unknown = [name for name in given if name not in LINEAGE]
        if unknown:
            raise ArgumentError(f"{shortly(unknown[0])} is no feature of this audit; expected {', '.join(LINEAGE)}.")
        said = {name: verdict.strip().lower() if isinstance(verdict, str) else verdict for name, verdict in given.items()}
        odd = [name for name, verdict in said.items() if not isinstance(verdict, str) or verdict not in VERDICTS]
        if odd:
            raise ArgumentError(f"{odd[0]} has verdict {shortly(given[odd[0]])}; expected one of {', '.join(VERDICTS)}.")
        return {name: said[name] for name in LINEAGE if said.get(name, "keep") != "keep"}

    def lines(self, name: str = "") -> list[str]:
        """Lines of markdown that say what may be signed."""
        return ["- `\"keep\"`: train and serve as found; so is every feature that you leave out",
                "- `\"rebuild\"`: one definition for both paths, training as of the request (0.5 a feature)",
                "- `\"refresh\"`: the served value comes from a stream (1 a feature)",
                "- `\"drop\"`: in neither table"]


def whole(signed: dict) -> dict:
    """A verdict for all twenty features."""
    return dict.fromkeys(LINEAGE, "keep") | signed


@lru_cache(maxsize=8)
def found(seed, feed, policies):
    """The twenty features of one small feed, in all their forms."""
    log, train, pairs, facts, chance = week(seed, feed, policies)
    return as_found(log, train, pairs, *facts, chance)


def play(choice, seed, *, feed, policies) -> float:
    """True chance of a click of the ten items shown, clicks in a thousand looks, less the price of the work."""
    signed = whole(choice)
    price = sum(PRICE[verdict] for verdict in signed.values())
    return 1000 * float(chance_shown(found(seed, feed, policies), signed).mean()) - price


def _against(choice):
    signed = whole(choice)
    told = [f"`{name}`, {signed[name]}: {MISTAKEN[sound, signed[name]]}." for name, sound in SOUND.items()
            if signed[name] != sound]
    return " ".join(told)


REPAIRED = {name: verdict for name, verdict in SOUND.items() if verdict != "keep"}


def _but(*names):
    return {name: verdict for name, verdict in REPAIRED.items() if name not in names}


SIGNED = Decision(
    id="feature_audit.8", title="Sign the audit", minutes=20, difficulty=4, used_in=("{{feature_audit}}", "{{launch}}"),
    task="Your audit is carried out in seven small feeds: a ranker is trained and served as you signed, and the truth is looked up.",
    choice=Signature(),
    policies={"ship it as it is": {}, "drop what no request has": {n: "drop" for n, v in SOUND.items() if v == "drop"},
              "drop all that is flagged": {n: "drop" for n in REPAIRED},
              "repair all but the leaks": _but("item_ctr", "user_clicks", "affinity_clicks"),
              "repair all but the old": _but("item_ctr_day", "affinity_ctr"),
              "repair all but the skews": _but("item_age_d", "affinity_clicks_day"),
              "repair each by its fault": REPAIRED},
    play=play, unit="clicks in a thousand looks, less the price of the work", against=_against, spec=".1f",
    until_chosen="drop all that is flagged", seeds=tuple(range(101, 108)),   # of five feeds, leaks left in looked like none
    why="A column that no request has is dropped: dwell tells the label, so the model learns nothing else. A leak is rebuilt: the definition was "
        "good, its moment wrong. What is old is refreshed: training was honest. Two paths get one definition. Dropping all that is flagged is safe and "
        "dear: the strongest features were flagged. How dear a fault is does not follow from how many rows differ: the two skews left in are not told apart "
        "from the mended ones here, though one is in every row. Position, "
        "held at one value when serving, could have stayed.")
