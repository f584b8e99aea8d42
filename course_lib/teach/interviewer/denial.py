"""Said not to be so: "we do not need a guardrail", "a fallback is not required", "with logQ and without logQ"."""

from __future__ import annotations

import re

_FILLER = (r"(?:any|an?|the|our|my|your|of|for|on|about|with|such|kind|sort|much|real|really|have|has|need|use|want|"
           r"set|even|to|care|bother|talk|extra|separate|special|more|or|and|be|being|it|is|by|as|in|do)")
_DENIED = re.compile(
    rf"(?:\b(?:no|hardly|anything but|far from|used to|(?:a mistake|wrong) to (?:think|say)"
    rf"(?: that)?|without|skip|skips|skipping|skipped|ignoring|forget|avoid|lacks?|neither|nor|nobody|instead of|"
    rf"rather than|nothing|not(?! only| just| merely| least| until| before| more)|never)\s+(?:{_FILLER}\s+){{0,4}})$")
_REFUSED = re.compile(        # said not to be needed: whatever stands in the next words
    r"\b(?:no need|not (?:need|bother|care|necessary|have to|want|wait|worry|require)|(?:nobody|no one|none) "
    r"(?:has|needs|"
    r"have|cares)|makes? no difference|no reason|no point|never need|we skip|i skip|not (?:measure|log|multiply|"
    r"subtract|use|set|filter|define|compute|check|test))\b(?:\W+[\w']+){0,6}\W*$")
_WAVED_OFF = re.compile(
    r"^(?:\s+[\w']+){0,4}?\s+(?:(?:is|are|was|were|seems?|would be|can be|may be|will be|should)\s+(?:\w+\s+)?"
    r"(?:(?:not|never) (?:be )?(?:needed|necessary|required|important|worth|relevant|useful|a priority|our|taken|used)|"
    r"unnecessary|overkill|useless|a waste|superfluous|pointless|ignored|skipped|optional|no problem)|"
    r"(?:can|could|may) (?:wait|come later)|do(?:es)? not (?:matter|interest)|needs? no)")
_CONTRAST = re.compile(r"\b(?:because|since|so|otherwise|but|only|if|unless|whereas|while|when|until|rather|"
                       r"instead|then)\b")
_BOTH = re.compile(
    r"\bboth fine\b|\bboth are (?:best|fine|right|good)\b|\bat the same time not\b|"
    r"\bneed none of (?:this|that|it|these)\b|"
    r"\bnone of (?:this|that|it|these|those) (?:is|are|really)\b.{0,20}(?:need|necessary|important|matter)")


def is_denied(text: str, start: int, end: int) -> bool:
    """Is what stands from start to end said not to be needed, wanted or there? Within its clause."""
    before = re.split(r"[,:()]|\bbut\b", text[:start])[-1]
    after = re.split(r"[,:()]|\bbut\b", text[end:])[0]
    return bool(_DENIED.search(before) or _REFUSED.search(before) or _WAVED_OFF.search(after))


def is_hypothetical(text: str, words: str) -> bool:
    """Are words said of what one does not do, as in "because joining today's price would show the model the future"?"""
    before, _, after = text.partition(words)
    return bool(re.match(r"(?:\W+\w+){0,3}?\W+(?:would|could|might)\b", after)
                or re.search(r"\b(?:would|could|might|instead of|rather than|not|never|without|avoid)\s+"
                             r"(?:\w+\s+){0,3}$", before)
                or re.search(r"\b(?:otherwise|or else)\s+(?:\w+\s+){0,6}$", before)
                or re.search(r"\b(?:first|once|earlier|used to|wrong to|mistake to) (?:i )?"
                             r"(?:said|say|thought|think)\b", before)
                or TAKEN_BACK.match(after[:80]))


TAKEN_BACK = re.compile(r".*\b(?:(?:take|took) (?:that|this|it) back|strike that|scratch that|correct myself|"
                        r"(?:is|was|would be) (?:wrong|a mistake|an error))\b")


def contradicts_itself(text: str) -> bool:
    """Does one sentence say a thing and its opposite, with no word that tells when which holds?"""
    text = re.sub(r"\bnot (?:just|only|merely)\b", "", text)
    if _BOTH.search(text):
        return True
    if _CONTRAST.search(text) or not re.search(r"\band\b|\bthough\b", text):
        return False
    said: dict[str, set[bool]] = {}
    for word in re.finditer(r"[a-z]{4,}", text):
        before = text[max(0, word.start() - 40):word.start()]
        negated = is_denied(text, word.start(), word.end()) or bool(re.search(r"\b(?:not|no|never|nothing) $", before))
        said.setdefault(word[0].rstrip("s"), set()).add(negated)
    return any(len(ways) == 2 for word, ways in said.items() if word not in _COMMON)


_COMMON = frozenset("with that this them they will have from what than then there when were been does must more less "
                    "people person item thing show test need user click percent each".split())
