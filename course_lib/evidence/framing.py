"""Reads a one-minute framing of a recommender problem and says what a listener would miss."""

from __future__ import annotations

import re

WORDS_A_MINUTE = 160  # a brisk talker; conference speech runs at 120 to 160
PARTS = {
    "decision": r"decid\w*|decision\w*|choos\w*|which (?:items?|films?|products?|posts?|stories)|what to show",
    "objective": r"objective\w*|maximi[sz]\w*|optimi[sz]\w*|goal\w*|retention|satisf\w*|comes? back|"
                 r"return(?:s|ing)? next|long[- ]term|margin|revenue|profit",
    "guardrail": r"guardrail\w*|must not|may not|no worse|not fall|without (?:hurting|losing|raising)|at most|"
                 r"constraint\w*|as long as|stop if|roll(?:ed)? back",
}
INFRASTRUCTURE = (
    r"two[- ]tower\w*|embedding\w*|transformer\w*|neural\w*|deep learning|collaborative filtering|"
    r"matrix factori[sz]ation|llm\w*|faiss|hnsw|ann\b|vector (?:index|database|store)|kafka|redis|spark|gpu\w*|"
    r"feature store\w*|lightgbm|xgboost|microservice\w*|kubernetes|ranker\w*|re-?ranker\w*|pipeline\w*"
)


def _first(pattern: str, text: str) -> re.Match | None:
    return re.search(rf"\b(?:{pattern})", text, flags=re.IGNORECASE)


def framing_problems(text: str) -> tuple[str, ...]:
    """What a listener would miss in a one-minute framing; () where nothing.

    text: the framing as it would be said. Found are: a component named before the objective (and which), a missing
    decision, objective or guardrail, and more words than fit a minute. It reads words, not sense: passing it is
    necessary, not enough.
    """
    found = {part: _first(pattern, text) for part, pattern in PARTS.items()}
    problems = [f"no {part} is named" for part, match in found.items() if match is None]
    part = _first(INFRASTRUCTURE, text)
    objective = found["objective"]
    if part and (objective is None or part.start() < objective.start()):
        problems.append(f"a component ({part[0].lower()}) comes before the objective")
    words = len(text.split())
    if words > WORDS_A_MINUTE:
        problems.append(f"over a minute: more than {WORDS_A_MINUTE} words")
    return tuple(problems)


def frame_feed() -> str:
    """A strong one-minute framing of the feed."""
    return """We decide which ten stories to show when someone opens the feed. The objective is that people are
    still here next month: we maximise satisfied minutes, and check that against the share who come back within a week.
    Clicks are only a proxy, because a lurid title earns the click and loses the reader. Two guardrails: the
    share of people returning next week must not fall by more than half a percent, and new creators keep at
    least their present share of views. We have fifty milliseconds for a request, so we cannot score every
    story: something cheap narrows millions to a few hundred, something careful orders those. I would launch at
    one percent, hold a random slice of traffic so that we learn about what we do not show, and expect the first
    week to flatter us, since people click on what is new."""
