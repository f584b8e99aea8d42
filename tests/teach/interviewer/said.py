"""Sentences as people say them, and what has to be heard in them: (phase, brief, sentence, point, heard?)."""

FEED, MARKET = "feed", "marketplace"
SAID = [
    # frame: right, in the usual words
    ("frame", FEED, "We decide which ten stories this person sees now.", "decision", True),
    ("frame", FEED, "The objective is that people are still here next month.", "objective", True),
    ("frame", FEED, "We maximise four-week retention.", "objective", True),
    ("frame", MARKET, "Our objective is margin net of returns.", "money", True),
    ("frame", FEED, "Retention comes too late to train on, so the proxy is a read that was finished.", "proxy", True),
    ("frame", FEED, "Guardrail: the report rate must not rise by more than 1%.", "guardrail", True),
    ("frame", MARKET, "The share of sellers who sell at all may fall by two percent at most.", "guardrail", True),
    ("frame", MARKET, "Buyers want the right thing, and sellers have to sell something, or they "
                      "leave.", "both_sides", True),
    # frame: in other words, and by people whose first language is another
    ("frame", FEED, "What I'm after is that you still open this in a month.", "objective", True),
    ("frame", FEED, "I can't wait a month, so I teach it with something quicker, pieces that were read to the end.",
     "proxy", True),
    ("frame", FEED, "People who come back tomorrow may become half a percent fewer, no more.", "guardrail", True),
    ("frame", MARKET, "What counts is what we keep after the refunds are paid out.", "money", True),
    ("frame", FEED, "The goal for me are the users which comes back in next month.", "objective", True),
    ("frame", FEED, "Click is only proxy, because the retention we can not measure today.", "proxy", True),
    ("frame", FEED, "Reports can not go up more than one percent, else we stop it.", "guardrail", True),
    # frame: not said, denied, or gamed
    ("frame", FEED, "We do not need a guardrail on retention.", "guardrail", False),
    ("frame", FEED, "A guardrail of one percent on reports is not necessary here.", "guardrail", False),
    ("frame", FEED, "The objective is CTR.", "objective", False),
    ("frame", FEED, "We maximise clicks.", "objective", False),
    ("frame", FEED, "Complaints should not go up.", "guardrail", False),
    ("frame", FEED, "Objective, proxy, guardrail, margin, retention, satisfaction.", "objective", False),
    ("frame", FEED, "Guardrails are important.", "guardrail", False),
    ("frame", FEED, "Retention.", "objective", False),
    ("frame", FEED, "Retention in four weeks is not our objective.", "objective", False),
    # scale
    ("scale", FEED, "At p99 a request has 50 ms: 35 for retrieval and 15 for ranking.", "latency", True),
    ("scale", FEED, "All but one in a hundred must have it within 50 thousandths of a second.", "latency", True),
    ("scale", FEED, "30 million times 384 bytes is 11.5 GB for the index, twice that while we "
                    "swap.", "index_bytes", True),
    ("scale", FEED, "We cannot score thirty million items in that time.", "consequence", True),
    ("scale", FEED, "The latency should be low.", "latency", False),
    ("scale", FEED, "We do not need to size the index or its copies.", "copies", False),
    # data
    ("data", FEED, "Ignored is not disliked: most of it was never looked at.", "ignored", True),
    ("data", FEED, "If someone didn't tap it I don't hold it against it, maybe their eyes never got "
                   "there.", "ignored", True),
    ("data", FEED, "Everything that was not clicked is a negative.", "ignored", False),
    ("data", FEED, "We log the propensity of each showing.", "propensity", True),
    ("data", FEED, "We write down how likely we were to show it.", "propensity", True),
    ("data", FEED, "We don't log propensities.", "propensity", False),
    ("data", FEED, "Features are joined as of the request.", "as_of", True),
    ("data", MARKET, "The price I take as it was at the time, not as it is now.", "as_of", True),
    ("data", MARKET, "Purchases come days after the click, so we wait for a window of two weeks.", "delay", True),
    ("data", MARKET, "A return takes its purchase out of the positives.", "returns_label", True),
    ("data", MARKET, "We don't need a window for delayed purchases.", "delay", False),
    # retrieve
    ("retrieve", FEED, "In-batch negatives with logQ, otherwise popular items are pushed down.", "logq", True),
    ("retrieve", FEED, "Famous pieces turn up as wrong answers too often, so I correct for that.", "logq", True),
    ("retrieve", FEED, "I measure recall of what people later read, not of the index.", "recall", True),
    ("retrieve", FEED, "Of the things they went on to read, how many were among the three hundred?", "recall", True),
    ("retrieve", MARKET, "Stock and region are filtered inside the search.", "filter", True),
    ("retrieve", MARKET, "What cannot be shipped I leave out while searching, not afterwards.", "filter", True),
    ("retrieve", MARKET, "New listings have no history, so the item tower reads the text and the photo.", "cold", True),
    ("retrieve", FEED, "We do not measure recall of wanted items.", "recall", False),
    ("retrieve", FEED, "Two-tower, logQ, in-batch negatives, recall, HNSW, FAISS.", "logq", False),
    # rank
    ("rank", FEED, "The probabilities are calibrated on a later day.", "calibrated", True),
    ("rank", FEED, "When I say thirty in a hundred, it must come true thirty times in a hundred.", "calibrated", True),
    ("rank", FEED, "Calibration isn't needed.", "calibrated", False),
    ("rank", FEED, "The scores are calibrated and not calibrated.", "calibrated", False),
    ("rank", FEED, "At most two by one creator on a page.", "slate", True),
    ("rank", MARKET, "Never more than three pieces from one seller, and a spread of prices.", "slate", True),
    ("rank", FEED, "There are caps and no caps.", "slate", False),
    # evaluate
    ("evaluate", FEED, "NDCG can't see items that the old policy never showed.", "offline", True),
    ("evaluate", FEED, "The old diary only tells about things the old page dared to show.", "offline", True),
    ("evaluate", FEED, "There is one primary metric, the power is computed beforehand, and we run for three "
                       "weeks.", "power", True),
    ("evaluate", FEED, "I work out in advance how many people I need.", "power", True),
    ("evaluate", MARKET, "Both arms share the stock, so they are not independent.", "interference", True),
    ("evaluate", MARKET, "Both halves reach for the same piece.", "interference", True),
    ("evaluate", MARKET, "Arms that share stock are no problem.", "interference", False),
    ("evaluate", FEED, "There's no need for power.", "power", False),
    # launch, close
    ("launch", FEED, "One, five, twenty-five, fifty percent; we stop if a guardrail is broken.", "ramp", True),
    ("launch", FEED, "If the ranker times out we show the cached list.", "fallback", True),
    ("launch", FEED, "When a piece dies you get the page from a while ago.", "fallback", True),
    ("launch", FEED, "A fallback is not required.", "fallback", False),
    ("launch", FEED, "The on-call decides in the early steps, the product lead from half on.", "who", True),
    ("launch", FEED, "After day 7 the model trains on its own exposure.", "day7", True),
    ("launch", FEED, "After the first week it's learning from what it chose itself.", "day7", True),
    ("launch", MARKET, "Returns arrive after three weeks, so on day 30 we look again.", "day7", True),
    ("launch", FEED, "We monitor everything and continuously improve.", "day7", False),
    ("close", FEED, "It is the proxy: if finished reads and retention come apart, all of it improves in the wrong "
                    "direction.", "weakness", True),
    ("close", FEED, "The holdback would show it.", "shown_by", True),
]

AGAINST = [      # phase, sentence, flag, heard?
    ("frame", "The objective is CTR.", "clicks_goal", True),
    ("frame", "We maximise clicks with no constraint.", "clicks_goal", True),
    ("frame", "We maximise clicks with no constraint.", "no_limit", True),
    ("frame", "We do not maximise clicks.", "clicks_goal", False),
    ("frame", "We maximise retention, not clicks.", "clicks_goal", False),
    ("frame", "The product team can tell us the objective later.", "later", True),
    ("launch", "We don't need a fallback.", "no_fallback", True),
    ("launch", "The fallback is the cached list.", "no_fallback", False),
    ("data", "We take everything not clicked as a negative.", "ignored_no", True),
    ("evaluate", "We stop as soon as it is significant.", "peeking", True),
    ("evaluate", "We do not stop early.", "peeking", False),
    ("close", "Personalisation always helps.", "overclaim", True),
]
