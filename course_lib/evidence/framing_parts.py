"""Reads a framing of a recommender problem part by part: decision, objective, guardrails, business metric, components.

It looks for what a sentence says and not for single words: an objective has to be an outcome and no proxy, a guardrail
needs a margin and the risk that it is there for, and a list of the right words is no framing. It knows the field's
usual ways to say these things. Where somebody names an aim or fills a field in words that it does not know, they are
believed: it refuses a proxy, a gap, a list of words, and not a manner of speaking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from course_lib.evidence.framing import INFRASTRUCTURE, WORDS_A_MINUTE
from course_lib.evidence.framing_margin import margin_in
from course_lib.evidence.framing_words import (
    ADMITTED,
    AIM,
    AIMED_BEFORE,
    BOUND,
    BUSINESS,
    COUNTS,
    DECISION,
    FEWEST,
    NAMED_AIM,
    NETTED,
    NO_AIM,
    NO_DECISION,
    NO_MARGIN,
    NO_RISK,
    OF_A_SENTENCE,
    OF_A_TEXT,
    OUTCOME,
    OWN_WORDS,
    POINTS_BACK,
    PROXY,
    RISK,
    RISK_BEFORE,
    SHOWING,
    SMALL,
    THINGS,
    WHOLES,
)

TELLING = 2                     # words of the other system, and hardly one of this: it speaks of the other
FILLED = 3                      # words of a field that says something


@dataclass(frozen=True)
class Guardrail:
    """What must not get worse. margin: by how much, a share where it is one, NaN in another unit, None where none is
    named. risk: whether it says what it is there for."""

    text: str
    margin: float | None
    risk: bool


@dataclass(frozen=True)
class Framing:
    """What was heard. decision, objective, business: the sentence, "" where there is none. problems: what a listener
    misses, each a sentence; () where nothing."""

    decision: str
    objective: str
    guardrails: tuple[Guardrail, ...]
    business: str
    problems: tuple[str, ...]


def read_framing(given: str | Mapping, system: str = "") -> Framing:
    """Read a framing. given: a text as it would be said, or a dict with decision, objective, guardrails (a list of
    texts, or of dicts with metric, margin, risk) and business. Problems are listed in the order of the parts.

    system: "feed" or "marketplace" to ask also that it does not speak of the other one alone; "" for any.
    """
    heard = _read(given)
    own = OWN_WORDS.get(system)
    others = [words for name, words in OWN_WORDS.items() if name != system]
    if own is None or heard.problems:
        return heard
    mine = {word.lower() for word in own.findall(str(given))}
    foreign = {word.lower() for words in others for word in words.findall(str(given))}
    if len(foreign) < max(TELLING, 3 * len(mine)):
        return heard
    missing = f"nothing in it is about a {system}: say what is shown, and to whom, in its own words"
    return replace(heard, problems=(missing,))


def _read(given) -> Framing:
    if isinstance(given, Mapping):
        return _of_fields(given)
    if not isinstance(given, str):
        return Framing("", "", (), "", (f"a framing is a text or a dict; this is a {type(given).__name__}",))
    text = " ".join(given.split())
    if fields := _labelled(text):
        return _of_fields(fields)
    sentences = _sentences(text)
    if not sentences or _salad(text):
        return Framing("", "", (), "", ("this reads as a list of words: say in sentences who decides what, and why",))
    decision = next((held for held in sentences if DECISION.search(held) and _said(held)), "")
    objective, proxy = _objective(sentences)
    rails = _guardrails(sentences)
    business = next((held for held in sentences if BUSINESS.search(held)), "")
    problems = _problems(decision, objective, proxy, rails, business)
    problems += _too_early(text, objective) + _too_long(text)
    return Framing(decision, objective, rails, business, tuple(problems))


def _labelled(text: str) -> dict | None:
    """A text in which the parts stand behind their names ("Decision: … Objective: …"), as fields; None for another."""
    parts = re.split(r"\b(decision|objective|goal|guardrails?|business(?: metric)?) ?: ?", text, flags=re.IGNORECASE)
    names = [name.lower() for name in parts[1::2]]
    if len(names) < 3 or parts[0].strip():
        return None
    fields: dict = {"guardrails": []}
    for name, said in zip(names, parts[2::2], strict=True):
        field = {"g": "guardrails", "b": "business", "d": "decision", "o": "objective"}[name[0]]
        if name == "goal":
            field = "objective"
        if field == "guardrails":
            fields[field].append(said.strip())
        else:
            fields[field] = said.strip()
    return fields


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.;!?])\s+(?=\w)", text) if part.strip()]


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z']+", text.lower())


def _said(sentence: str) -> bool:
    """Is it a sentence and no row of key words? It needs the small words that hold a sentence together."""
    words = _words(sentence)
    return len(words) >= FEWEST and sum(word in SMALL for word in words) >= OF_A_SENTENCE * len(words)


def _salad(text: str) -> bool:
    words = _words(text)
    return len(words) < FEWEST or sum(word in SMALL for word in words) < OF_A_TEXT * len(words)


def _objective(sentences) -> tuple[str, str]:
    """(the sentence whose aim is an outcome or at least no proxy, "" if none; the proxy that stands as an aim)."""
    proxy = named = ""
    for index, held in enumerate(sentences):
        if turned := AIMED_BEFORE.search(held):
            outcome, stands = _aim(held[:turned.start()])
            if outcome and _said(held):
                return held, ""
            proxy = proxy or stands
        if held.endswith("?"):                                        # the answer follows
            held = " ".join(sentences[index:index + 2])
        aimed, bound = AIM.search(held), BOUND.search(held)
        if not aimed or (bound and bound.start() < aimed.start() and not NAMED_AIM.search(held)):
            continue                                                  # a bound says what must not happen
        outcome, stands = _aim(held[aimed.start():])
        if outcome and _said(held):
            return held, ""
        proxy = proxy or stands
        if NAMED_AIM.search(held) and _said(held) and not stands and not (BOUND.search(held) or NO_AIM.search(held)):
            named = named or held
    return ("", proxy) if proxy else (named, "")


def _aim(text: str) -> tuple[bool, str]:
    """(is the aim an outcome, the proxy that stands in its place). What is named first is the aim, unless it is said to
    be a proxy for what follows."""
    aim = re.sub(r"\b(?:not|isn't)\b[^,.;]{0,30}?\bbut\b", " ", text)                  # "not clicks but profit"
    aim = re.split(r"\b(?:not|isn't|rather than|instead of|no longer)\b", aim)[0]
    if NETTED.search(aim):
        return True, ""
    outcome, proxy = OUTCOME.search(aim), PROXY.search(aim)
    if outcome and proxy and proxy.start() < outcome.start() and not ADMITTED.search(aim):
        return False, proxy[0]
    return bool(outcome), "" if outcome or not proxy else proxy[0]


def _guardrails(sentences) -> tuple[Guardrail, ...]:
    """Every sentence that bounds something; the sentence after it may say the margin's reason."""
    found = []
    for index, held in enumerate(sentences):
        if not BOUND.search(held) or not _said(held) or (DECISION.search(held) and margin_in(held) is None):
            continue
        after = sentences[index + 1] if index + 1 < len(sentences) else ""
        before = " ".join(sentences[index - 1:index] if index else []) + " " + held[:BOUND.search(held).start()]
        spoken = f"{held} {after}" if held.endswith(";") else held
        reason = RISK.search(spoken) or POINTS_BACK.match(after) or RISK_BEFORE.search(before)
        found.append(Guardrail(held, margin_in(held), bool(reason)))
    return tuple(found)


def _problems(decision, objective, proxy, rails, business) -> list[str]:
    problems = []
    if not decision:
        problems.append("no decision: say which things are chosen, for whom and when")
    if not objective and proxy:
        problems.append(f"the objective is a proxy ({proxy}): say what you want it to stand for")
    elif not objective:
        problems.append("no objective: say what is to go up for people or for the business, and by when")
    if not rails:
        problems.append("no guardrail: say what must not get worse, and by how much")
    bounded = [rail for rail in rails if rail.margin is not None]
    if rails and not bounded:
        problems.append(f"no guardrail has a margin (“{_short(rails[0].text)}”): by how much may it get worse?")
    elif rails and not any(rail.risk for rail in bounded) and any(rail.risk for rail in rails):
        problems.append("no guardrail has both: one names a margin and another a risk; each margin needs its own risk")
    elif rails and not any(rail.risk for rail in bounded):
        problems.append(f"no guardrail says which risk it is there for (“{_short(bounded[0].text)}”): what would go "
                        "wrong without it?")
    if not business:
        problems.append("no business metric: say where the money is seen")
    return problems


def _short(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:67]}…"


def _too_early(text, objective) -> list[str]:
    part = re.search(rf"\b(?:{INFRASTRUCTURE})", text, re.IGNORECASE)
    if part and (not objective or part.start() < text.find(objective)):
        return [f"a component ({part[0].lower()}) comes before the objective"]
    return []


def _too_long(text) -> list[str]:
    return [f"over a minute: more than {WORDS_A_MINUTE} words"] * (len(text.split()) > WORDS_A_MINUTE)


FIELDS = ("decision", "objective", "guardrails", "business")


def _of_fields(given) -> Framing:
    """A framing in fields: each field is read for its own part, so it needs no opening such as "the objective is"."""
    strange = [str(name) for name in given if name not in FIELDS]
    if strange:
        return Framing("", "", (), "", (f"unknown field {strange[0]!r}; the fields are {', '.join(FIELDS)}",))
    decision, objective, business = (str(given.get(name, "") or "").strip() for name in FIELDS if name != "guardrails")
    held = given.get("guardrails", ())
    rails = tuple(_rail(rail) for rail in (held if isinstance(held, (list, tuple)) else [held] if held else []))
    named, proxy = _aim(objective)
    rails = tuple(rail for rail in rails if _is_new(rail.text, objective))
    decides = re.search(rf"\b(?:{THINGS})\b", decision, re.IGNORECASE) or SHOWING.search(decision)
    decides = decides and not NO_DECISION.search(decision)
    earns = BUSINESS.search(business) or (_filled(business) and _is_new(business, objective))
    wanted = named or (_filled(objective) and not NO_AIM.search(objective))
    problems = _problems(decision if decides else "", objective if wanted else "", proxy, rails,
                         business if earns else "")
    problems += _too_early(f"{decision} {objective}", "")
    words = " ".join([decision, objective, business, *(rail.text for rail in rails)])
    return Framing(decision, objective, rails, business, tuple(problems + _too_long(words)))


def _filled(field: str) -> bool:
    """Does a field say something, whichever words it uses? What is only a proxy says nothing of an aim or of money."""
    return len(_words(field)) >= FILLED and not PROXY.search(field)


def _is_new(field: str, objective: str) -> bool:
    """Does a field name something, and not the objective once more?"""
    return bool(field.strip()) and field.strip().lower() != objective.lower()


def _rail(given) -> Guardrail:
    if not isinstance(given, Mapping):
        return Guardrail(str(given), margin_in(str(given)), bool(RISK.search(str(given))))
    metric, margin, risk = (given.get(name, "") for name in ("metric", "margin", "risk"))
    if NO_MARGIN.search(str(margin)):
        margin = ""                                          # a test's verdict, or all there is, bounds nothing
    number = isinstance(margin, (int, float)) and not isinstance(margin, bool)
    share = (float(margin) if margin > 0 else None) if number else margin_in(str(margin))
    if share is None and (re.search(r"[1-9]", str(margin)) or set(_words(str(margin))) & {*COUNTS, *WHOLES, "half"}):
        # "200 fewer a day", "one in two hundred": a margin in a unit of its own
        share = float("nan")
    return Guardrail(str(metric), share, len(_words(str(risk))) >= 2 and not NO_RISK.search(str(risk)))
