"""The usual ways to say a decision, an aim, a bound, a margin, a reason: what `framing_parts` listens for."""

from __future__ import annotations

import re

THINGS = (r"stor(?:y|ies)|items?|films?|movies?|products?|posts?|articles?|videos?|songs?|goods|things|offers?|"
          r"recommendations?|listings?|pieces|slots?|slates?|wares|clips?|results?|jobs|recipes|books|games|hotels|"
          r"homes|restaurants|courses|dishes")
DECISION = re.compile(
    rf"\b(?:decid\w*|decision|choos\w*|pick\w*|select\w*|rank\w*|fill\w*)\b[^.;]{{0,40}}?\b(?:which|what|the order of|"
    rf"the top|the \w+|three|four|five|six|eight|ten|twelve|twenty|\d+) \w+|"
    rf"\b(?:decid\w*|decision\w*|choos\w*|choice|pick\w*|select\w*|settl\w*|determin\w*|work out|what we control)\b"
    rf"[^.;]*\b(?:{THINGS})\b|\b(?:which|what)\b[^.;]*\b(?:{THINGS})\b[^.;]*\b(?:show\w*|see\w*|get\w*|appear\w*|"
    rf"offer\w*|rank\w*|go(?:es)?|stand\w*|fill\w*|put)\b|"
    rf"\b(?:{THINGS})\b[^.;]{{0,30}}?\b(?:is|are|get|gets) (?:\w+ )?(?:chosen|picked|selected|ranked|decided)\b",
    re.IGNORECASE)
AIM = re.compile(r"\b(?:objective|goals?|aims?|aiming|purpose|want\w*|maximi[sz]\w*|optimi[sz]\w*|success|succeed\w*|"
                 r"so that|in order|should|care|(?:we are|we're|i am) after|north star|for the sake|judged by|"
                 r"measured by|what (?:counts|matters)|all for|for one end|here for|the (?:point|end) (?:of|is|we)|"
                 r"(?:work|head|steer)\w* (?:for|towards?)|striv\w*|exists?|promis\w*|trying to|"
                 r"thing to)\b", re.IGNORECASE)
# The aim stands before these words: "people who come back: that is what we want".
AIMED_BEFORE = re.compile(r"\b(?:is|are|that's) (?:\w+ )?what we (?:want|aim|work|care|strive|are (?:after|trying))|"
                          r"\b(?:is|are) (?:our|the) (?:objective|goals?|aims?|purpose|point)\b", re.IGNORECASE)
NAMED_AIM = re.compile(r"objective|goal|aim|purpose|maximi|optimi", re.IGNORECASE)
OUTCOME = re.compile(
    r"\b(?:retention|retain\w*|c[oa]me? back|comes? back|coming back|returning (?:people|readers|users|customers)|"
    r"(?:people|readers|users|customers|members|they) return|(?:buy|order|book|read|visit|come|return) again|"
    r"still (?:be )?(?:here|with us|active|reading|buying)|stay\w*|loyal\w*|satisf\w*|still \w+ed|"
    r"keep (?:us|using|coming|reading|buying)|month after month|glad|happy|happier|happiness|habit|"
    r"worth (?:their|the) time|who (?:are (?:still )?back|return)|"
    r"well[- ](?:served|spent)|life\s?time value|long[- ]term|next month|"
    r"contribution|(?:gross|net) (?:margin|profit)|margin we keep|profit\w*|kept after returns|kept money|money kept|"
    r"money (?:we |that we |the shop |that is |)keep\w*|visits? (?:a|per) (?:person|user|week|month)|"
    r"active (?:people|readers|users|members))\b", re.IGNORECASE)
NETTED = re.compile(              # money less what it costs or what comes back: no proxy, whichever word it begins with
    r"\b(?:money|sales|revenue|turnover|gmv|margins?|income|takings|earn\w*|paid|pays?)\b[^.;]*?"
    r"\b(?:minus|less|after|net of|once|subtract\w*|deduct\w*)\b[^.;]*?"
    r"\b(?:returns?|returned|refund\w*|costs?|handling|fees?|sen[dt] back|c[ao]me back)\b"
    r"|\bnet (?:revenue|sales|takings|income)\b|\bkeep (?:more|most|as much) (?:of the |of that |)money\b",
    re.IGNORECASE)
PROXY = re.compile(r"\b(?:ctr|click[- ]?through\w*|clicks?|taps|impressions?|views?|watch ?time|dwell\w*|time spent|"
                   r"minutes spent|seconds|engagement|conversion rate|conversions?|add[- ]to[- ]carts?|likes|gmv|"
                   r"gross merchandise (?:volume|value)|revenue|turnover|sales|auc|ndcg|recall|accuracy|"
                   r"session (?:depth|length)|(?:longer|deeper) (?:sessions?|visits?))\b", re.IGNORECASE)
# What a page shows is no outcome, and neither is how it is made.
NO_AIM = re.compile(rf"\b(?:(?:most|more) relevant|relevance|personali[sz]\w*|best (?:{THINGS}))\b", re.IGNORECASE)
NO_DECISION = re.compile(r"\bwhich (?:\w+ )?(?:models?|algorithms?|architectures?|loss(?:es)?|features?)\b",
                         re.IGNORECASE)
NO_MARGIN = re.compile(r"\bp ?(?:<|=|>|value)|significan|\b100 ?(?:%|percent\b|per cent\b)", re.IGNORECASE)
NO_RISK = re.compile(r"^\W*(?:n\W?a|not? (?:applicable|known|risks?)|none|unknown|(?:(?:very|really|too|quite) )?"
                     r"(?:bad|harmful|important|risky)|(?:it|this|that|they) (?:must|should|may|can)(?: ?not|n't) \w+"
                     r"(?: \w+)?)\W*$", re.IGNORECASE)
ADMITTED = re.compile(r"\b(?:as a proxy|proxy for|stands? for|stand-in)\b", re.IGNORECASE)
BOUND = re.compile(
    r"\b(?:must not|may not|cannot|can't|should not|shouldn't|mustn't|never|not? more than|at most|at least|no worse|"
    r"not (?:fall|drop|rise|grow|lose|worsen)|not (?:\w+ )?by more|(?:may|can) (?:dip|fall|drop|rise|grow|go)|"
    r"at the very most|stays? (?:above|below|under|over|within)|"
    r"remains? (?:above|below|under|within)|guardrails?|kept? (?:above|below|under|within)|below|"
    r"stop (?:if|when)|roll(?:ed)? back (?:if|when)|unless|as long as|without (?:losing|raising|costing)|"
    r"at (?:the )?worst|at the outside|not above|no (?:more|further|higher|lower)|as far as|hold the line|"
    r"(?:live|put up) with|(?:we|can) (?:allow|bear)|"
    r"tolerate|accept|limit\w*|cap(?:ped)?|within (?:\d|one|two|half)|up to|by more than|exceed\w*)\b", re.IGNORECASE)
WORD_NUMBERS = {"half a percent": 0.005, "half a per cent": 0.005, "half a percentage point": 0.005,
                "half a point": 0.005, "half of one percent": 0.005, "a quarter of a percent": 0.0025,
                "a tenth": 0.1, "a hundredth": 0.01, "a thousandth": 0.001, "one hundredth": 0.01,
                "a percent": 0.01, "a percentage point": 0.01, "a point": 0.01, "one in a hundred": 0.01,
                "one in a thousand": 0.001, "one in ten thousand": 0.0001}
WORD_NUMBERS |= {f"{word} {unit}": value / 100 for word, value in
                 (("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("ten", 10))
                 for unit in ("percent", "per cent", "percentage point", "percentage points", "point", "points")}
PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|percent\b|per cent\b|percentage points?\b|points?\b)", re.IGNORECASE)
WHO = (r"(?:people|readers|viewers|listeners|users|members|customers|buyers|sellers|creators|hosts|guests|parents|"
       r"advertisers|they)")
SHARE = re.compile(r"\b(0[.,]\d+)\b")
COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10}
WHOLES = {"ten": 10, "twenty": 20, "fifty": 50, "hundred": 100, "thousand": 1000, "million": 1_000_000}
ONE_OF_MANY = re.compile(rf"\b(\d+|{'|'.join(COUNTS)})(?: \w+){{0,2}}? (?:in|of|out of)(?: an?| one| every| each)? "
                         rf"(\d{{2,}}|{'|'.join(WHOLES)})\b(?! (?:seconds|ms|minutes|days))", re.IGNORECASE)
OTHER_MARGIN = re.compile(r"\b\d+(?:[.,]\d+)?\s*(?:ms\b|milliseconds?|seconds?|s\b|per (?:thousand|million|mille)|in "
                          r"(?:a|every|ten|one) ?(?:hundred|thousand|million)?|‰|days?|reports?|pieces)|"
                          r"\b(?:fifty|hundred|thirty|twenty|forty) (?:ms\b|milliseconds?)", re.IGNORECASE)
RISK = re.compile(r"\b(?:because|since|so that|protect\w*|risk\w*|lest|otherwise|or else|against|which would|"
                  r"that would|would mean|for fear|danger\w*|in case|if not|, (?:as|or)\b|means? that|shows? that|"
                  r"signs?|signal\w*|as (?:a|the|people|readers|buyers|customers|sellers|creators|they|it|this)|"
                  r"catch\w*|harm\w*|to keep|to avoid|to prevent|costs? (?:us |people )?(?:trust|money|goodwill)|"
                  rf"for {WHO}|[;:] {WHO} who\b|{WHO} (?:would|will|might|could) (?:\w+ly )?"
                  r"(?!like|love|want|prefer|enjoy|be (?:glad|happy)|"
                  r"welcome|appreciate|not|see|get)\w+|"
                  r"or (?:we|people|they|readers|customers|buyers|sellers|creators|it))\b", re.IGNORECASE)
POINTS_BACK = re.compile(r"(?:that|this|it|otherwise|those|these|both|the risk)\b", re.IGNORECASE)
# The reason may stand before the bound: "we might fill the page with junk, so reports must not rise by more than 2%".
RISK_BEFORE = re.compile(rf"\b(?:risk\w*|danger\w*|worr\w*|fear\w*|afraid|go(?:es)? wrong|"
                         rf"(?:we|{WHO}) (?:might|could|would|may)|harm\w*|hurt\w*|damag\w*|"
                         r"temptation|tempt\w*|in order not to|too easy)\b", re.IGNORECASE)
# What a field that is called "decision" has to be about, in words other than the things that are shown.
SHOWING = re.compile(r"\b(?:show\w*|see\w*|display\w*|recommend\w*|appear\w*|offer\w*|rank\w*|order|fill\w*|pages?|"
                     r"screens?)\b", re.IGNORECASE)
BUSINESS = re.compile(
    r"\b(?:business|revenue|subscri\w*|profit\w*|(?:gross|net|contribution|kept) margin|margins? (?:a|per|of the|after|"
    r"on)|income|ads?\b|advertis\w*|paying|pays?|paid|life\s?time value|money|gmv|turnover|costs? (?:us|to serve)|"
    r"renew\w*|orders|order value|earn\w*|sales|commission\w*|"
    # who looks at the business's figures, and where
    r"leadership|management|finance|(?:the|our) (?:board|owners?|company|firm|accounts|books)|cfo|ceo|p&l|"
    r"members?hip\w*|(?:quarterly|annual|yearly|monthly) (?:active|results?|reports?|figures|books|accounts)|"
    r"profit-and-loss|bottom line)\b", re.IGNORECASE)
OWN_WORDS = {
    "feed": re.compile(r"\b(?:feeds?|home (?:screen|page)|content|impressions?|showings?|follow\w*|clickbait|timeline|"
                       r"stor(?:y|ies)|posts?|articles?|videos?|clips?|songs?|films?|movies?|readers?|"
                       r"viewers?|listeners?|creators?|authors?|news\w*|subscri\w*)\b", re.IGNORECASE),
    "marketplace": re.compile(r"\b(?:shop\w*|products?|goods|buy\w*|customers?|purchas\w*|stock|prices?|sell\w*|sold|"
                              r"orders?|shelf|shelves|listings?|market\w*|refunds?)\b", re.IGNORECASE)}
SMALL = set("the a an that to of we is are be they people when who it in on for and not by than more must may with our "
            "this what which their them somebody someone each because so or as if at from will would has have i you "
            "us these those one no only but can should do does every means stay "
            "stays below above under over out after before until while otherwise would than then".split())
FEWEST = 4                                   # words of a sentence
OF_A_SENTENCE, OF_A_TEXT = 0.1, 0.3          # share of small words
