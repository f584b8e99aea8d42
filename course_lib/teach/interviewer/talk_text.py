"""What was typed, made readable: cleaned, cut, parted into sentences, and each judged: does it say anything?

A sentence says something when it has a verb (or a colon that stands for one), more than a list of terms, and words that
are neither the brief's nor said before. What says nothing is kept with the reason, so that it can be told.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from course_lib.teach.interviewer.asserted import not_asserted
from course_lib.teach.interviewer.denial import contradicts_itself
from course_lib.teach.interviewer.number_words import NUMBER, digits

MOST_WORDS, MOST_CHARACTERS = 2500, 20_000          # of one answer: a quarter of an hour of talk
SHORT_FORMS = ((r"\bcan't\b|\bcannot\b|\bcan not\b", "can not"), (r"\bwon't\b", "will not"), (r"n't\b", " not"),
               (r"\b(i|we|you|they)'(?:ll)\b", r"\1 will"), (r"'re\b", " are"), (r"'ve\b", " have"), (r"'m\b", " am"),
               (r"\b(it|that|there|what|who|here)'s\b", r"\1 is"), (r"\b(i|we|you|they)'d\b", r"\1 would"),
               (r"\bdont\b", "do not"), (r"\bdoesnt\b", "does not"), (r"\bper ?cents?\b|%|\bpct\b", " percent"),
               (r"\bthousandths? of a second\b|\bmilliseconds?\b|\bmillis\b|"
                r"\bmsec\b", "ms"), (r"\be\.g\.|\bi\.e\.", "that is"), (r"\bvs\.", "vs"))
SIGNS = ((r"<=|≤", " at most "), (r">=|≥", " at least "), (r"\s*(?:->|→|⇒)\s*", " to "), (r"(?<=[\w)])\s*=\s*", " is "),
         (r"(?<=[\w)])\s+[x*·]\s+(?=[\w(])", " times "), (r"(?<=[\w)])\s+-\s+(?=\d)", " minus "))
WORD = re.compile(rf"[a-z]+|{NUMBER}")
UNITS = re.compile(rf"{NUMBER} ?(?:ms|[kmgt]?b|bytes?|percent|rps|qps|days?|weeks?|a (?:second|s|sec|day)|points?)\b")
FUNCTION = set("""a an the of to in on at by for from with and or but if so because since as than that this these those
 it its we i you they he she our my your their us them is are was were be been being am do does did not no have has had
 will would can could should must may might shall there here what which who whom whose when where why how all any each
 every some more most less least then too also only just over under before after until while per into out up down about
 against between through during without within one two both same other such very still even now yes otherwise unless
 whether though although""".split())
VERBS = set("""is are was were be am do does did has have had will would can could must may might shall should need
 needs let means mean goes go went come comes came say says said tell tells know knows knew""".split())
LEXICAL = """decid choos pick select show rank order score maximi optimi minimi train learn predict estimat measur
 compar check test run ramp roll stop start keep hold held lose lost los fall fell drop rise ros grow grew
 cost take took mak made give gave get got use us serv cach return buy bought sell sold sen read watch
 click skip ignor leav left stay log stor join count weigh correct subtract add remov filter cap limit
 protect guard watch monitor alert page own answer call ask sampl draw drew explor randomi split assign
 expect want wait want promis care balanc trad cut reduc increas hurt harm help work fail break broke die
 crash fit build built cover retriev search index embed encod compress quanti refresh updat rebuild swap
 replicat shard multiply divid combin calibrat tun fix set put write wrote agree sign defin treat assum
 believ think thought find found see saw look notic judg prov show detect catch caught blam pay paid earn
 gain steal share appear disappear expir chang shift drift fad adapt game abus cheat exclud includ
 consider avoid prevent depend mend repair launch ship deploy become became turn bring brought happen
 matter trust regret like hate doubt worr prefer accept tolerat eat contain miss pass follow""".split()
_LEXICAL = re.compile(rf"(?:{'|'.join(LEXICAL)})(?:e|s|es|ed|d|ing|ze|zes|zed|zing|se|ses|sed|sing|y|ies|ied|t)?$")
MENTION = re.compile(r"\b(?:(?:should|need to|must|will|would|to|we|i) (?:also )?(?:consider|mention|discuss|"
                     r"talk about|cover|address|be aware|keep in mind|think about|think of|leverage|include|"
                     r"know about)|(?:is|are) (?:important|key|essential|crucial)|matters?|familiar with|"
                     r"best practices?)\b")
REASON = re.compile(r"\b(?:because|since|so|otherwise|if|unless|until|when|where|as|therefore|hence|which means|"
                    r"that is why"
                    r"|but|to avoid|in order|instead|rather|due to|then|while|whatever|before|after|once)\b")


OPPOSITE = "says a thing and its opposite"
FRAGMENT = "too short to judge"
LIST = "a list of terms"
GIVEN = "the brief's numbers, said again"
JOINING = frozenset(("times", "minus", "plus", "less", "by", "is", "=", "+", "*"))      # arithmetic joins its terms


@dataclass(frozen=True)
class Sentence:
    """One sentence. said: as typed. text: lower case, short forms in full, numbers as digits. phase: where it was said.
    idle: why it says nothing, "" where it says something."""

    said: str
    text: str
    phase: str = ""
    idle: str = ""


@dataclass(frozen=True)
class Talk:
    """One answer as sentences, with what has to be told about it (cut, cleaned, empty)."""

    sentences: tuple[Sentence, ...]
    notes: tuple[str, ...] = ()


def clean(answer: str) -> tuple[str, tuple[str, ...]]:
    """(the text without markup, control characters and excess, notes on what was done). Anything but text is ""."""
    if not isinstance(answer, str):
        return "", ("That was no text.",)
    notes = []
    text = answer[:MOST_CHARACTERS]
    if len(answer) > MOST_CHARACTERS or len(text.split()) > MOST_WORDS:
        text = " ".join(text.split(" ")[:MOST_WORDS])
        notes.append(f"Nobody listens that long: only the first {MOST_WORDS:,} words at most were read.")
    without = re.sub(r"<[a-zA-Z/!][^<>]{0,300}>", " ", html.unescape(text))     # "<= 2" is a comparison
    if without != text and re.search(r"<[a-zA-Z/!]", text):
        notes.append("Markup was left out.")
    text = unicodedata.normalize("NFKC", without)
    readable = "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else " " for c in text)
    if readable != text:
        notes.append("Characters that cannot be read were left out.")
    return readable, tuple(notes)


def plain(said: str) -> str:
    """One sentence as patterns read it."""
    text = said.lower().replace("’", "'").replace("‘", "'").replace("–", "-").replace("—", " , ").replace("×", " x ")
    for pattern, full in (*SIGNS, *SHORT_FORMS):
        text = re.sub(pattern, full, text)
    text = re.sub(r"\b(\d+(?:\.\d+)?)e(\d{1,2})\b", lambda m: f"{float(m[0]):.0f}", text)      # 11.5e9 bytes
    text = re.sub(r"(?<=[\d km])/(?=(?:s|sec|second|min|minute|hour|h|day)\b)", " a ", text)     # 3,472/s
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"\b([1-9]\d{0,2})\.(\d{3})(?= ?(?:requests?|queries|per |a second|rps|qps|people|users|\.?$))",
                  r"\1\2", text)                   # 10.400 a second, as half of Europe writes it
    text = re.sub(r"(?<=\d),(?=\d{1,2} ?(?:thousand|million|billion|k\b|gb|gig|mb|tb|percent|ms\b))", ".", text)
    text = re.sub(r"(?<=\d)(?=(?:ms|gb|mb|kb|tb|rps|qps|percent|days?|bytes)\b)", " ", text)
    text = re.sub(r"(?<=[a-z])-(?=[a-z])|(?<=\d)-(?=[a-z])", " ", text)
    return re.sub(r"\s+", " ", digits(re.sub(r"\s+", " ", text))).strip()


def parts(text: str) -> list[str]:
    """Sentences of a text, as typed. A full stop inside a number, or after a short form, ends none."""
    guarded = re.sub(r"\b(e\.g|i\.e|vs|approx|ca|etc|incl|resp|no)\.(?=\s+[a-z0-9])", r"\1․", text)
    pieces = re.split(r"(?<=[.!?])[\"”')\]]*\s+|;\s+|\n+\s*(?:[-*•]\s+)?", guarded)
    return [piece.replace("․", ".").strip(" \t\"“”") for piece in pieces if re.search(r"\w", piece)]


def has_verb(text: str) -> bool:
    """Has it a verb, or what stands for one in short speech: a colon, an arrow, a number among words that join?"""
    words = WORD.findall(text)
    joins = sum(word in FUNCTION for word in words)
    if joins >= 2 and (re.search(NUMBER, text) or len(words) >= 6 and joins >= 0.3 * len(words)):
        return True
    return (any(word in VERBS or _LEXICAL.match(word) for word in words)
            or bool(re.search(r"\w\s*(?::|=|->|→|<=?|>=?)\s*\w", text)))


def is_list(text: str) -> bool:
    """Is it a list of terms: hardly a word that joins, or short pieces between commas, and no number to say?"""
    words = WORD.findall(text)
    joins = sum(word in FUNCTION for word in words) / max(len(words), 1)
    numbered = re.search(NUMBER, text) is not None
    pieces = [piece.split() for piece in re.split(r",|/|\band\b|&|\|", text)]
    if sum(piece[0][0].isdigit() for piece in pieces if piece) >= 3:      # "1, 5, 25, 50 percent"
        return False
    if len(UNITS.findall(text)) >= 2 or len(JOINING.intersection(text.split())) >= 1 and numbered:
        return False                                    # quantities, and what is made of them
    if JOINING.intersection(text.split()) >= {"times"} or text.count(" minus ") + text.count(" plus "):
        return False
    bound = sum(word in FUNCTION - {"and", "or"} for word in words) / max(len(words), 1)
    if len(pieces) >= 5 and sum(len(piece) for piece in pieces) / len(pieces) < 3.2 and bound < 0.2:
        return True
    spoken = numbered or ":" in text or any(word in VERBS for word in words)
    return len(words) >= 5 and joins < (0.05 if spoken else 0.12)


def only_mentions(text: str) -> bool:
    """Does it name things as important, or as considered, without a reason, a condition or a number?"""
    if re.search(r":\s*\w+(?:\s+\w+){3,}", text):         # a clause after a colon says why
        return False
    return bool(MENTION.search(text)) and not REASON.search(text) and not re.search(NUMBER, text)


def shingles(text: str, n: int = 4) -> set[tuple[str, ...]]:
    """Runs of n words."""
    words = WORD.findall(text)
    return {tuple(words[k:k + n]) for k in range(len(words) - n + 1)}


def content(text: str) -> frozenset[str]:
    """Words that carry something."""
    return frozenset(word[:6] for word in WORD.findall(text) if word not in FUNCTION)


class Listener:
    """Parts answers into sentences and remembers what was said. known: texts that are not the candidate's own (brief,
    questions, reference); a sentence most of which stands there says nothing new. given: the brief's numbers,
    which say nothing by themselves."""

    def __init__(self, known: Iterable[str] = (), given: Iterable[float] = ()):
        self._known, self._given = set(), set(given)
        for text in known:
            for sentence in parts(text):
                self._known |= shingles(plain(sentence))
        self._before: list[frozenset[str]] = []
        self._moulds: Counter[tuple[str, ...]] = Counter()

    def hear(self, answer: str, phase: str = "") -> Talk:
        """One answer as sentences, idle ones marked."""
        text, notes = clean(answer)
        found = []
        for said in parts(text):
            read = plain(said)
            before = found[-1].idle if found else ""
            found.append(Sentence(said, read, phase, self._idle(read) or not_asserted(said, read, before)))
        if not found:
            notes = (*notes, "Nothing was said.")
        return Talk(tuple(found), notes)

    def _idle(self, text: str) -> str:
        words = content(text)
        if not has_verb(text) or len(WORD.findall(text)) < 4 and not re.search(NUMBER, text):
            return FRAGMENT
        if is_list(text):
            return LIST
        if contradicts_itself(text):
            return OPPOSITE
        if only_mentions(text):
            return "names things, and says nothing of them"
        runs = shingles(text)
        if len(runs) >= 7 and len(runs & self._known) / len(runs) > 0.6:
            return "the brief's or the course's own words"
        spoken = WORD.findall(text)
        mould = (*spoken[:3], *spoken[-2:])
        self._moulds[mould] += len(spoken) > 6
        if self._moulds[mould] > 2:
            return "one sentence with other terms put in"
        numbers = [float(found) for found in re.findall(rf"(?<![\w.]){NUMBER}", text)]
        if len(numbers) >= 3 and self._given.issuperset(numbers):
            return GIVEN
        if len(words) >= 3 and any(len(words & old) >= 0.8 * len(words | old) for old in self._before):
            return "said before"
        self._before.append(words)
        return ""
