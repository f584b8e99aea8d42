"""The numbers of a brief, told when they are asked for, as in an interview."""

from __future__ import annotations

import re

from course_lib.teach.interview.mock import brief
from course_lib.teach.interviewer.talk_text import parts, plain

USERS = "(?:users|people|readers|shoppers|buyers|visitors|customers)"
ITEMS = "(?:items|stories|listings|videos|articles)"
TOPICS = {                      # topic: the ways to ask for it
    "people": (rf"how many (?:\w+ ){{0,3}}?{USERS}", rf"{USERS}\b.{{0,30}}(?:how many|a day|per day|daily)",
               "user base", "traffic", rf"number of {USERS}", "how big", "what scale", r"\b[dm]au\b"),
    "visits": ("how often", r"how many (?:\w+ ){0,2}?(?:visits|requests|sessions|times|openings)", "requests (?:a|per)",
               r"\bqps\b", "traffic", "number of requests"),
    "peak": ("peak", "busiest", "evening", "spike", "traffic"),
    "items": (rf"how many (?:\w+ ){{0,3}}?(?:{ITEMS}|things|offers|products)", "catalog", "inventory", "corpus",
              rf"number of {ITEMS}", "how big"),
    "bytes": ("bytes", "vector", "embedding (?:size|dim)", r"how (?:large|big) .{0,20}(?:item|vector|row)", "memory",
              "storage", "log row"),
    "candidates": ("candidates", r"how many .{0,20}(?:rank|retriev)", "funnel"),
    "slots": ("slots", r"how many .{0,25}(?:page|screen|shown|show|slate)", "slate size", "page size"),
    "time": ("how long may", "latency", "how fast", "milliseconds", "budget", r"time .{0,20}(?:request|answer)",
             "how quickly", r"sla\b"),
}
ASKED = re.compile(r"^(?:and |so |then |ok |well )?(?:may|can|could|shall) i (?:ask|assume)|"
                   r"^(?:do|should) (?:i|we) assume|\?$")
HOW_MANY = re.compile(r"\b(?:how|what|which|may i|can i|could|do you|is there|are there|tell me)\b")


def asks(answer: str) -> tuple[set[str], bool]:
    """(topics of TOPICS that an answer asks for, whether it does nothing but ask)."""
    if not isinstance(answer, str):
        return set(), False
    spoken = parts(answer[:4000])
    questions = [text for text in spoken if ASKED.search(text.lower()) and HOW_MANY.search(text.lower())]
    topics = {topic for text in questions for topic, ways in TOPICS.items()
              if re.search("|".join(ways), plain(text))}
    return topics, bool(questions) and len(questions) == len(spoken)


def tell(name: str, topics: set[str]) -> str:
    """What the brief gives for topics, in words; "" for none."""
    b = brief(name)
    said = {"people": f"{b.users_a_day / 1e6:,.0f} million people a day",
            "visits": f"{b.requests_a_user:g} requests each",
            "peak": f"a peak of {b.peak:g} times the average", "items": f"{b.items / 1e6:,.0f} million items",
            "bytes": f"{b.vector_bytes:,.0f} bytes an item in the index, {b.feature_bytes:,.0f} bytes of features for "
                     f"each candidate, {b.row_bytes:,.0f} bytes for a logged showing",
            "candidates": f"{b.candidates} candidates to rank", "slots": f"{b.slate} slots on the page"}
    told = [said[topic] for topic in TOPICS if topic in topics and topic in said]
    out = f"{'; '.join(told)}." if told else ""
    if "time" in topics:
        out += " The time is yours to set: assume what you like, and say it."
    return (out[:1].upper() + out[1:]).strip()
